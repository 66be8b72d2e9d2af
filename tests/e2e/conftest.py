"""The dev environment, applied once to a local stack of its own and spoken to over HTTP.

With `--env` or `--local` it is one that is deployed already; see tests/deployed.py.
"""

from __future__ import annotations

import functools
import shutil
from typing import TYPE_CHECKING

import pytest

from scripts.build.package.build import SOURCE, build
from scripts.stack import code, deployment
from tests.deployed import mode, reached, target
from tests.environment import applied
from tests.issuer import local_issuer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deployed import Deployed
    from tests.environment import Environment
    from tests.issuer import Issuer


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file to which every stack that a test starts appends the requests to it."""
    path = tmp_path_factory.mktemp("recorded") / "requests.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECORD_REQUESTS", str(path))
        yield path


@pytest.fixture(scope="session")
def environment(
    tmp_path_factory: pytest.TempPathFactory,
    recording: Path,  # noqa: ARG001 - before the stack starts
) -> Iterator[Environment]:
    """environments/dev on a fresh local stack."""
    with applied(tmp_path_factory.mktemp("e2e")) as environment:
        yield environment


@pytest.fixture(scope="session")
def deployed(request: pytest.FixtureRequest) -> Deployed:
    """The environment on a fresh local stack, or the one that is deployed already."""
    named = target(request.config)
    if named is None:
        own: Environment = request.getfixturevalue("environment")
        return own
    there = reached(named, request.config)
    if there.depth("sqs_queue_url"):
        pytest.exit("its queue is not empty, so others use it or commands are retried", 1)
    if there.ended(there.api.submit("demo", {}))["status"] != "COMPLETED":
        pytest.exit("it has no type demo; set: examples = { enabled = true, demo = true }", 1)
    return there


@pytest.fixture(scope="session")
def direct(deployed: Deployed, request: pytest.FixtureRequest) -> Deployed:
    """The same, where API Gateway hands commands to SQS without looking at them."""
    named = target(request.config)
    if named is not None and mode(named) != "direct":
        pytest.skip("its submission is not direct")
    return deployed


@pytest.fixture
def source(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A copy of src/ that is deployed by a reload; afterwards ours is, again."""
    copy = tmp_path / "src"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with monkeypatch.context() as patch:
        patch.setattr(deployment, "build", functools.partial(build, source=copy))
        yield copy
    code.reload(environment.deployment)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of tokens that can be reached while it is named."""
    with local_issuer() as running:
        yield running
