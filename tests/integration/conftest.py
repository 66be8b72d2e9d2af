"""Small Terraform roots on a local stack, applied by pytest-terraform.

pytest-terraform takes its environment from this process, so the stack's variables and the
provider set-up go there for the length of the session.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scripts.build.package import build
from scripts.build.terraform.providers import provider_environment
from scripts.stack.stack import LocalStack
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTROLLED_VALUE = "controlled-value-4f1c9d"


@pytest.fixture(scope="session", autouse=True)
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A local stack, and an environment that points Terraform and boto3 at it."""
    stack = LocalStack(tmp_path_factory.mktemp("stack"), free_port())
    stack.start()
    build()
    inherited = dict(os.environ)
    try:
        environ = provider_environment(inherited)
        os.environ.clear()
        os.environ.update({k: v for k, v in environ.items() if not k.startswith("AWS_")})
        os.environ.update(stack.environ)
        os.environ.update({"TF_VAR_controlled_value": CONTROLLED_VALUE})
        yield stack
    finally:
        os.environ.clear()
        os.environ.update(inherited)
        stack.stop()
