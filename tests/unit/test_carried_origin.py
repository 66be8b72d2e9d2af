"""What the client calls a request, and its trace: from the entry point to the log."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.sqs.sender import SQSSender
from command_api.domain.errors import Retryable
from command_api.domain.model import PendingEntry, Status
from command_client import Producer, Work
from tests.builders import LATER, NOW, command, fail, message
from tests.unit.http.test_origin import ID, TRACE

if TYPE_CHECKING:
    from tests.unit.conftest import Bench

NAMED = message(correlation_id="checkout-7", trace=TRACE, owner="alice", group="alice")


class Client:
    """An SQS client that notes what it is asked to send."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_message_batch(self, *, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803
        """Note ten."""
        self.sent += Entries
        return {}


def test_an_entry_names_both_in_the_queues_way() -> None:
    """An attribute of ours, and SQS's own one for the trace."""
    client = Client()
    entry = PendingEntry(NOW, LATER, {}, TRACE)
    named = command(Status.PENDING, correlation_id="checkout-7", pending_entry=entry)
    SQSSender(lambda: client, "https://q").send(
        [named, replace(named, pending_entry=PendingEntry(NOW, LATER, {}))]
    )
    first, second = client.sent
    assert first["MessageAttributes"]["correlation_id"]["StringValue"] == "checkout-7"
    assert first["MessageSystemAttributes"] == {
        "AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}
    }
    assert "MessageSystemAttributes" not in second


@pytest.mark.parametrize("error", [None, Retryable("Later."), ValueError("x")])
def test_every_line_of_a_command_names_both(
    bench: Bench, caplog: pytest.LogCaptureFixture, error: Exception | None
) -> None:
    """Its outcome, and what its handler logs; the handler can pass the name on."""
    caplog.set_level(logging.INFO)
    seen = []

    def handle(context: Any) -> None:
        seen.append(context.correlation_id)
        context.logger.info("from the handler")
        if error is not None:
            fail(error)

    bench.handle(handle)
    bench.deliver(replace(NAMED, owner="", group=""))
    bench.deliver(message("no json", correlation_id="checkout-7", trace=TRACE, command_id="c-2"))
    assert seen == ["checkout-7"]
    lines = [vars(one) for one in caplog.records]
    assert len(lines) == (4 if isinstance(error, ValueError) else 3)
    assert {(one["correlation_id"], one["xray_trace_id"]) for one in lines} == {("checkout-7", ID)}


def test_without_either_a_line_has_the_commands_id(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """And the field of the trace is not there, instead of empty."""
    caplog.set_level(logging.INFO)
    bench.handle(lambda context: context.correlation_id)
    bench.deliver(message(trace="Root=made-up"))
    assert bench.command.result == "c-1"
    (line,) = (vars(one) for one in caplog.records)
    assert line["correlation_id"] == "c-1"
    assert "xray_trace_id" not in line


def test_another_service_may_name_its_commands() -> None:
    """Through the client, where the same rule is a ValueError."""
    client = Client()
    producer = Producer("https://q", client=lambda: client)
    producer.submit_many([Work(type="echo", correlation_id="checkout-7")])
    assert client.sent[0]["MessageAttributes"]["correlation_id"]["StringValue"] == "checkout-7"
    with pytest.raises(ValueError, match="checkout-7"):
        producer.submit_many([Work(type="echo", correlation_id="a b")])
