"""Every store that the suite holds to the same contract."""

from __future__ import annotations

import copy
import os
import socket
import subprocess
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.exceptions import ItemSizeToUpdateTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import LimitedSizeDict
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.adapters.dynamodb.item import ITEM_BYTES
from command_api.adapters.dynamodb.outbox import DynamoDBOutbox
from scripts.aws_session import client_of
from tests.fakes.commands import InMemoryCommands
from tests.fakes.outbox import InMemoryOutbox
from tests.live import eventually, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from moto.core.models import MockAWS

    from command_api.domain.ports import CommandStore, Outbox


# The folder of Amazon's DynamoDB Local, by `make test-dynamodb-local`: then it is the only store.
LOCAL = os.environ.get("DYNAMODB_LOCAL")


@pytest.fixture(params=["dynamodb local"] if LOCAL else ["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[CommandStore]:
    """An empty store: the in-memory fake, and DynamoDB as moto and as Amazon play it."""
    if request.param == "memory":
        yield InMemoryCommands()
    elif request.param == "dynamodb":
        yield _made(request.getfixturevalue("moto")("dynamodb"))
    else:
        # It knows a transaction again for ten minutes, also on a table that was made anew.
        found = _made(request.getfixturevalue("dynamodb_local"), f"commands-{uuid4()}")
        yield found
        found.client.delete_table(TableName=found.table)


def is_moto(store: CommandStore) -> bool:
    """Whether DynamoDB is played by moto."""
    return isinstance(store, DynamoDBCommands) and not LOCAL


@pytest.fixture(scope="module")
def started_moto() -> Iterator[MockAWS]:
    """One for all tests of a file: starting it takes longer than most of them."""
    with pytest.MonkeyPatch.context() as patched, mock_aws() as started:
        _count_as_dynamodb(patched)
        _parse_once(patched)
        yield started


@pytest.fixture
def moto(started_moto: MockAWS) -> Callable[[str], Any]:
    """An empty AWS, played by moto: its client of a service."""
    started_moto.reset()
    return _client


@pytest.fixture(scope="session")
def dynamodb_local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a DynamoDB Local that keeps nothing."""
    port = free_port()
    command = "java -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar"
    log = tmp_path_factory.mktemp("dynamodb") / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command.split(), "-inMemory", "-disableTelemetry", "-port", str(port)],
            cwd=LOCAL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: _listens(port, process, log), seconds=60)
        yield _client("dynamodb", f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def _listens(port: int, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _made(client: Any, table: str = "commands") -> DynamoDBCommands:
    """The store on a new table."""
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("id", "outbox", "outboxSince")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "outbox",
                "KeySchema": [
                    {"AttributeName": "outbox", "KeyType": "HASH"},
                    {"AttributeName": "outboxSince", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoDBCommands(client, table, "expiresAt")


@pytest.fixture
def outbox(store: CommandStore) -> Outbox:
    """What the validated entry point sees of the same store."""
    if isinstance(store, InMemoryCommands):
        return InMemoryOutbox(store)
    assert isinstance(store, DynamoDBCommands)
    return DynamoDBOutbox(store.client, store.table, store.ttl_attribute)


@cache
def _client(service: str, endpoint: str | None = None) -> Any:
    """One for all tests: making it takes longer than most of them."""
    session = boto3.Session("test", "test", region_name="us-east-1")
    return client_of(session, service, endpoint_url=endpoint)


def _count_as_dynamodb(patched: pytest.MonkeyPatch) -> None:
    """Let an item be as large after an update as DynamoDB lets it.

    moto looks after each assignment, counts what is replaced twice, and does not look into maps.
    """
    update_item = DynamoDBBackend.update_item

    def counted(self: Any, table_name: str, key: Any, *args: Any, **named: Any) -> Any:
        table = self.get_table(table_name)
        known = table.get_item(*self.get_keys_value(table, key))
        before = copy.deepcopy(known.attrs) if known else None
        item = update_item(self, table_name, key, *args, **named)
        if item.size() <= ITEM_BYTES:
            return item
        if before is None:
            table.delete_item(*self.get_keys_value(table, key))
        else:
            item.attrs.clear()
            item.attrs.update(before)
        raise ItemSizeToUpdateTooLarge

    patched.setattr(LimitedSizeDict, "__setitem__", dict.__setitem__)
    patched.setattr(DynamoDBBackend, "update_item", counted)


def _parse_once(patched: pytest.MonkeyPatch) -> None:
    """Let moto parse each text of an update once, and check it as a whole.

    moto parses it twice for each request, and never changes the tree: it validates a copy. Two of
    its checks look at the whole tree; moto repeats them at each node, for the part below it.
    The others ask at each node which classes they look for.
    """
    patched.setattr(UpdateExpressionParser, "make", _parsed)
    for check in (ActionCountValidator, OverlappingPathsValidator):
        patched.setattr(check, "traverse", DepthFirstTraverser.process)
    looked_for = lru_cache(maxsize=1)(DepthFirstTraverser.nodes_to_be_processed)
    patched.setattr(DepthFirstTraverser, "nodes_to_be_processed", looked_for)


_parsed = cache(UpdateExpressionParser.make)
