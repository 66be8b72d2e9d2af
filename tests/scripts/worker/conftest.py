"""A worker in the cloud, the tool through its ``main``, and a clock that sleeping turns."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from scripts.worker import __main__ as tool
from scripts.worker import mapping
from tests.scripts.worker.cloud import OUTPUTS, FakeLambda, FakeQueue
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Result:
    """What one run of the tool left behind."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of a failure, after checking that it is one."""
        assert (self.code, self.out) == (1, ""), self
        assert self.err.startswith("error: ")
        assert self.err.count("\n") == 1
        return self.err


@pytest.fixture
def aws() -> FakeLambda:
    """A worker that runs, ten at once."""
    return FakeLambda()


@pytest.fixture
def queue() -> FakeQueue:
    """A queue with a backlog."""
    return FakeQueue()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No test waits; what would have been waited for, in seconds."""
    slept: list[float] = []
    clock = SimpleNamespace(sleep=slept.append, monotonic=lambda: sum(slept))
    monkeypatch.setattr(mapping, "time", clock)
    return slept


@pytest.fixture
def run(
    aws: FakeLambda,
    queue: FakeQueue,
    slept: list[float],  # noqa: ARG001 - no run waits
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Result]:
    """The tool, about that worker."""
    clients = {"lambda": aws, "sqs": queue}
    aim(monkeypatch, target(OUTPUTS, lambda service: clients[service]))

    def run(*args: str) -> Result:
        return Result(tool.main([*args, "--env", "dev"]), *capsys.readouterr())

    return run
