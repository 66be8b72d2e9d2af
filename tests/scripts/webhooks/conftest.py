"""An environment with webhooks in memory, and the tool at work on it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from scripts.dlq import queue
from scripts.interrupts import GracefulShutdown
from scripts.webhooks import __main__ as tool
from tests.scripts.dlq.world import Client, Result
from tests.scripts.webhooks.environment import Webhooks, aim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., Result]


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests: each session parses the definitions of its services again."""
    return boto3.Session("test", "test", region_name="us-east-1")


@pytest.fixture
def world(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhooks]:
    """An applied environment with webhooks, at which every command line aims."""
    monkeypatch.setattr(queue, "WAIT_SECONDS", 0)
    monkeypatch.setattr(GracefulShutdown, "wait", lambda _, __: None)
    with mock_aws():
        sqs, dynamodb = Client(session.client("sqs")), Client(session.client("dynamodb"))
        made = Webhooks.create(sqs, dynamodb, fifo=False)
        assert isinstance(made, Webhooks)
        keys = [("status", "HASH"), ("updatedAt", "RANGE")]
        dynamodb.real.create_table(
            TableName="deliveries",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("id", "status", "updatedAt")
            ],
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-status",
                    "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        aim(monkeypatch, made, queue_url=made.queue_url)
        yield made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The tool, with standard input from a pipe."""

    def run(*args: str) -> Result:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
        code = tool.main([*args, "--env", "dev"])
        return Result(code, *capsys.readouterr())

    return run
