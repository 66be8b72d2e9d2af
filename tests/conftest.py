"""What every suite needs before its first test."""

from __future__ import annotations

import pytest

from scripts.errors import OperatorError
from scripts.terraform.binary import terraform_binary


def pytest_configure(config: pytest.Config) -> None:
    """Give pytest-terraform the project's own Terraform; its plugin stops every run without one."""
    try:
        config.option.dest_tf_binary = config.option.dest_tf_binary or str(terraform_binary())
    except OperatorError as error:
        pytest.exit(str(error), returncode=1)
