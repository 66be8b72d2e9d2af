"""Deletions by time to live, in the stream of the table."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from ministack.services import dynamodb

from ministack_extensions.dynamodb.expired_items import record_expired_items
from ministack_extensions.functions.event_filters import delivered
from ministack_extensions.functions.stream_sources import _as_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    Item = dict[str, dict[str, str]]

TABLE = "expiring"
ARN = f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}"
PAST, FUTURE = str(int(time.time()) - 60), str(int(time.time()) + 86_400)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A table with a stream and a time to live, in this process's own emulator."""
    for name in ("_remove_item", "_build_change_record"):
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))
    record_expired_items()
    made = {
        "TableName": TABLE,
        "TableArn": ARN,
        "pk_name": "id",
        "sk_name": None,
        "items": {},
        "ItemCount": 0,
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }
    dynamodb._tables[TABLE] = made
    dynamodb._ttl_settings[TABLE] = {"TimeToLiveStatus": "ENABLED", "AttributeName": "gone_at"}
    yield made
    dynamodb._tables.pop(TABLE)
    dynamodb._ttl_settings.pop(TABLE)
    dynamodb._stream_records.pop(TABLE, None)


def put(table: dict[str, Any], name: str, gone_at: str) -> Item:
    """Store an item without a word in the stream."""
    item = {"id": {"S": name}, "status": {"S": "COMPLETED"}, "gone_at": {"N": gone_at}}
    table["items"][name] = {None: item}
    return item


def reap(monkeypatch: pytest.MonkeyPatch) -> None:
    """One round of what deletes expired items, on a thread of the same name."""
    rounds = iter([None])

    def once(_seconds: float) -> None:
        if next(rounds, "done") == "done":
            raise SystemExit

    def until_it_sleeps() -> None:
        with suppress(SystemExit):
            dynamodb._ttl_reaper()

    with monkeypatch.context() as patch:
        patch.setattr(dynamodb, "time", SimpleNamespace(sleep=once, time=time.time))
        thread = threading.Thread(target=until_it_sleeps, name="dynamodb-ttl-reaper")
        thread.start()
        thread.join(10)


def records() -> list[dict[str, Any]]:
    """What the stream has."""
    return list(dynamodb._stream_records.get(TABLE, []))


def test_an_expired_item_leaves_by_the_service(
    table: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it was, and who deleted it; what has time left stays."""
    expired = put(table, "old", PAST)
    put(table, "young", FUTURE)

    reap(monkeypatch)

    assert list(table["items"]) == ["young"]
    [record] = records()
    assert (record["eventName"], record["dynamodb"]["OldImage"]) == ("REMOVE", expired)
    assert "NewImage" not in record["dynamodb"]
    assert record["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
    assert record["awsRegion"] == "us-east-1"


def test_a_deletion_by_a_client_has_no_such_identity(table: dict[str, Any]) -> None:
    """However much its item has expired."""
    item = put(table, "old", PAST)
    dynamodb._remove_item(table, "old", None)
    dynamodb._emit_stream_event(TABLE, "REMOVE", item, None)

    [record] = records()
    assert "userIdentity" not in record


def test_functions_get_the_identity_as_lambda_writes_it(
    table: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS's own example of a filter finds it, and one for what was written does not."""
    put(table, "old", PAST)
    reap(monkeypatch)
    [record] = records()
    event = _as_event(record, ARN)

    by_ttl = {"userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}}
    assert delivered(event, [by_ttl])
    assert not delivered(event, [{"eventName": ["INSERT", "MODIFY"]}])
