"""SQS and DynamoDB in memory, the tool through its ``main``, and clients that can fail."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

import boto3
import botocore.loaders
import pytest
from moto import mock_aws

from scripts.dlq import __main__ as tool
from scripts.dlq import options, queue
from scripts.dlq.deployed import DeployedQueues
from scripts.interrupts import GracefulShutdown
from tests.live import eventually
from tests.scripts.dlq.world import Client, Result, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Self

    from botocore.loaders import Loader


@pytest.fixture(autouse=True)
def own_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's AWS configuration."""
    for name in [*os.environ]:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No test waits; what would have been waited for, in seconds."""
    slept: list[float] = []
    monkeypatch.setattr(queue, "WAIT_SECONDS", 0)
    monkeypatch.setattr(GracefulShutdown, "wait", lambda _, seconds: slept.append(seconds))
    return slept


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Send this process a signal, and return when the tool has heard it."""
    heard: list[GracefulShutdown] = []

    class Noted(GracefulShutdown):
        def __enter__(self) -> Self:
            heard.append(self)
            return super().__enter__()

    def press(number: int) -> None:
        [shutdown] = heard
        again = shutdown.requested
        os.kill(os.getpid(), number)
        eventually(lambda: shutdown.abandoned if again else shutdown.requested, seconds=10)

    monkeypatch.setattr(options, "GracefulShutdown", Noted)
    return press


@pytest.fixture(scope="session")
def service_models() -> Loader:
    """botocore's descriptions of the services: parsing them takes longer than any test here."""
    return botocore.loaders.create_loader(None)


@pytest.fixture(autouse=True)
def parsed_once(service_models: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """All clients of the tests share the parsed descriptions."""
    monkeypatch.setattr("botocore.session.create_loader", lambda _: service_models)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A queue with its dead-letter messages and a table, as the target of every command line."""
    with mock_aws():
        yield _aimed(monkeypatch, fifo=False)


@pytest.fixture
def fifo(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The same with FIFO queues."""
    with mock_aws():
        yield _aimed(monkeypatch, fifo=True)


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """The tool, with standard input from a pipe."""

    def run(*args: str, piped: bytes = b"") -> Result:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(piped)))
        code = tool.main(args)
        return Result(code, *capsys.readouterr())

    return run


def _aimed(monkeypatch: pytest.MonkeyPatch, *, fifo: bool) -> World:
    session = boto3.Session("test", "test", region_name="us-east-1")
    sqs: Any = session.client("sqs")
    dynamodb: Any = session.client("dynamodb")
    world = World.create(Client(sqs), Client(dynamodb), fifo=fifo)
    target = DeployedQueues(
        world.sqs,  # type: ignore[arg-type]
        world.dynamodb,  # type: ignore[arg-type]
        world.queue_url,
        world.dlq_url,
        "commands",
        "gone_at",
        "--env dev",
    )
    monkeypatch.setattr(tool, "resolve", lambda **_: target)
    return world
