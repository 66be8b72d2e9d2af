"""Whatever lies in the queue: its neighbours run, and its own command does not wait for ever."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api.adapters.schemas import HandlerSchemas
from command_api.domain.envelope import received
from command_api.domain.message import parse
from command_api.domain.model import Status
from handlers import HANDLERS
from tests.builders import FUNCTION_ENVIRONMENT, command
from tests.fuzz.mutations import NASTY, SEARCH, VALUES, altered, mutated, written
from tests.unit.conftest import Bench

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
WORK = [
    {"type": "echo", "input": {"n": 1, "list": [1, 2.5, None], "text": "ü"}},
    {"type": "send_email", "input": {"to": ["a@example.com"], "subject": "s", "text": "t"}},
    {"type": "process_order", "input": {"order_id": "o-1", "items": [{"sku": "A-1"}]}},
    {"type": "deliver_webhook", "input": {"url": "https://example.com", "event": {}}},
    {},
]
BODIES = mutated(written(st.sampled_from(WORK).flatmap(altered))) | st.sampled_from(NASTY)


@pytest.fixture(scope="module")
def worker() -> ModuleType:
    """The worker function, whose use case each example replaces."""
    with patch.dict("os.environ", FUNCTION_ENVIRONMENT):
        return importlib.reload(importlib.import_module("command_api.entrypoints.worker"))


def record(number: int, body: str) -> dict[str, Any]:
    """A record of an SQS event, for the command c-N."""
    return {
        "messageId": f"m-{number}",
        "receiptHandle": f"r-{number}",
        "body": body,
        "attributes": {
            "SentTimestamp": "1893553445000",
            "ApproximateReceiveCount": "1",
            "MessageGroupId": "g",
            "AWSTraceHeader": "Root=1-5e1b4151-5ac6c58f0ea5f6ce1dd90d3f",
        },
        "messageAttributes": {
            "command_id": {"stringValue": f"c-{number}", "dataType": "String"},
            "owner": {"stringValue": "", "dataType": "String"},
            "copy_of": {"stringValue": "m-9 1893553445000", "dataType": "String"},
            "traceparent": {"stringValue": "00-1", "dataType": "String"},
            "blob": {"binaryValue": "AAE=", "dataType": "Binary"},
        },
    }


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """A record that SQS may deliver, with anything in its body and its attributes.

    Its own ids are Lambda's, not a sender's.
    """
    made = record(2, draw(BODIES))
    if draw(st.booleans()):
        made["messageAttributes"] = draw(altered(made["messageAttributes"]))
    if draw(st.booleans()):
        made["messageAttributes"] = {draw(st.text(max_size=20)): {"stringValue": draw(VALUES)}}
    if draw(st.integers(0, 3)) == 0:
        made["attributes"] = draw(altered(made["attributes"]))
    return made


def bench() -> Bench:
    """A worker whose handlers do nothing, behind the real checks of inputs."""
    made = Bench(handlers=dict.fromkeys(HANDLERS, lambda *_: None), now=datetime.now(UTC))
    made.check = HandlerSchemas().violations
    return made


def addressed(bad: dict[str, Any]) -> bool:
    """Whether the record names the command c-2 as our own entry points do."""
    attributes = bad["messageAttributes"]
    named = attributes.get("command_id") if isinstance(attributes, dict) else None
    return isinstance(named, dict) and named.get("stringValue") == "c-2"


def readable(bad: dict[str, Any]) -> bool:
    """Whether the record asks for work at all; other work than its command's is a duplicate."""
    try:
        parse(received(bad), default_type="echo")
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        return False
    return True


@SEARCH
@given(bad=records(), waits=st.booleans())
def test_one_bad_record_concerns_itself_alone(
    worker: ModuleType, bad: dict[str, Any], waits: object
) -> None:
    """It fails, is rejected, or comes back until it is dead-lettered; its neighbours complete."""
    place, good = bench(), json.dumps({"type": "echo", "input": {}})
    if waits:
        place.store.commands["c-2"] = command(Status.PENDING, id="c-2", attempts=0, message_id="")
    event = {"Records": [record(1, good), bad, record(3, good)]}
    with patch.object(worker, "process", place.worker()):
        answer = worker.handler(event, CONTEXT)
    assert {one["itemIdentifier"] for one in answer["batchItemFailures"]} <= {"m-2"}
    for name in ("c-1", "c-3"):
        assert place.store.commands[name].status is Status.COMPLETED
    if waits and addressed(bad) and not readable(bad):
        assert answer["batchItemFailures"] or place.queue.dead_lettered
    others = [one for name, one in place.store.commands.items() if name != "c-2"]
    assert all(one.status.terminal for one in others)
