"""One real local stack for all tests of this folder, and AWS clients that talk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from scripts.cleanup import __main__ as cleanup
from scripts.cleanup.aws import Aws as Account
from scripts.stack.stack import LocalStack
from tests.live import free_port
from tests.local.aws import Aws
from tests.local.cleaning import PULL, Result
from tests.local.temporary import Maker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A running local stack on a free port, stopped at the end of the session."""
    local = LocalStack(tmp_path_factory.mktemp("local") / "stack", free_port())
    local.start()
    yield local
    local.stop()


@pytest.fixture(scope="session")
def aws(stack: LocalStack) -> Aws:
    """Clients and builders for what a test needs in the stack."""
    return Aws(stack)


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return free_port()


@pytest.fixture
def said() -> list[str]:
    """What a stack told the user."""
    return []


@pytest.fixture
def local(tmp_path: Path, port: int, said: list[str]) -> Iterator[LocalStack]:
    """A stack that is not started yet, and stopped afterwards."""
    one = LocalStack(tmp_path / "stack", port, say=said.append)
    yield one
    one.stop()


@pytest.fixture
def run(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """The tool, on this stack."""
    account = Account(Aws.session("test", "test"), options={"endpoint_url": aws.stack.endpoint})
    # Shared by all runs of a test: making a client takes longer than what it does.
    monkeypatch.setattr(cleanup, "connect", lambda **_: account)

    def run(*args: str) -> Result:
        capsys.readouterr()
        return Result(cleanup.main(args), *capsys.readouterr())

    return run


@pytest.fixture
def preview(aws: Aws, run: Callable[..., Result]) -> Iterator[Maker]:
    """The whole preview of pull request 7 of a project of its own, not made yet."""
    project = f"acme-{uuid4().hex[:8]}"
    prefix, secret = f"{project}-pr-7", f"/pr-7/{project}/token"
    yield Maker(aws, prefix, secret, PULL | {"Project": project})
    run("--apply", "--open-prs", "none", "--project", project)
