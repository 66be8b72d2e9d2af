"""Who is told of an ending, and what each receiver gets."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import example, given
from hypothesis import strategies as st

from command_api.adapters.sqs.deliveries import Deliveries
from command_api.adapters.sqs.sender import SQSSender
from command_api.domain.delivery import (
    RESULT_BYTES,
    Endpoint,
    delivery,
    delivery_id,
    endpoints_of,
    payload,
    receivers,
)
from command_api.domain.ending import Change, Ending
from command_api.domain.message import parse
from command_api.domain.model import Callback
from tests.builders import FINAL, LATER, NOW, SECOND, command, message

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from command_api.domain.model import Command

RUNNING = command(owner="alice", callback=Callback("https://hooks.example.com/alice?key=s3cret"))
ENDED = RUNNING.completed({"total": 7}, now=NOW, purge_at=LATER)
BILLING = Endpoint(name="billing", url="https://billing.example.com/", types={"echo"})


# Characters outside of XML 1.0, which no message may have.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Queue:
    """A queue of deliveries that takes none of those for a host, now or ever."""

    def __init__(self, *refused: str, never: str = "") -> None:
        self.refused, self.never, self.taken = refused, never, list[Any]()

    def takes(self, command: Command) -> bool:
        """Whether it would ever take a delivery."""
        return command.owner != self.never

    def send(self, commands: Sequence[Command]) -> Collection[str]:
        """Take what is not refused; nothing where a delivery is one that it never takes."""
        assert all(map(self.takes, commands))
        self.taken += [one for one in commands if one.owner not in self.refused]
        return [one.id for one in self.taken]


class SQS:
    """A client of the queue that keeps what it is sent."""

    def __init__(self) -> None:
        self.taken = list[Any]()

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: ARG002, N803
        """Take everything."""
        self.taken += Entries
        return {}


def test_a_client_and_the_environment_name_receivers() -> None:
    """By type and by owner; no rule means all."""
    found = endpoints_of(
        {
            "all": {"url": "https://a.example/"},
            "orders": {"url": "https://b.example/", "types": ["process_order"]},
            "alices": {"url": "https://c.example/", "owners": ["alice"], "include_result": True},
            "bobs": {"url": "https://d.example/", "owners": ["bob"]},
        }
    )

    assert [one.name for one in receivers(ENDED, found)] == ["callback", "all", "alices"]
    assert [one.name for one in receivers(replace(ENDED, callback=None), found)] == [
        "all",
        "alices",
    ]


def test_a_receiver_gets_what_happened_and_no_more() -> None:
    """No result, unless it was asked for."""
    thin = payload(Ending(ENDED), include_result=False)

    assert thin["type"] == "command.completed"
    assert "total" not in json.dumps(thin)
    data: Any = payload(Ending(ENDED), include_result=True)["data"]
    assert data["result"] == {"total": 7}
    assert data["commandId"] == "c-1"


def test_a_large_result_stays_where_it_is() -> None:
    """So does one in S3; a failure has none."""
    large = RUNNING.completed("x" * RESULT_BYTES, now=NOW, purge_at=LATER)
    apart = ENDED.with_result_apart("k/t.json")
    failed = RUNNING.failed(FINAL, now=NOW, purge_at=LATER)
    for one in (large, apart, failed):
        assert "result" not in payload(Ending(one), include_result=True)["data"]  # type: ignore[operator]


def test_an_ending_has_one_id_for_each_receiver() -> None:
    """The same whenever it is told; a later ending and another receiver have others."""
    later = RUNNING.completed(1, now=NOW + SECOND, purge_at=LATER)
    ids = {
        delivery_id(Ending(one), name) for one in (ENDED, later) for name in ("callback", "billing")
    }

    assert len(ids) == 4
    assert delivery(Ending(ENDED), BILLING, sent="1").id == delivery_id(Ending(ENDED), "billing")
    # What is signed is separated by full stops.
    assert all("." not in one for one in ids)


def test_a_dead_receiver_keeps_no_other_waiting() -> None:
    """Deliveries to one host are a group of the fair queue."""
    assert delivery(Ending(ENDED), BILLING, sent="1").owner == "billing.example.com"
    for url in ("", "no url", "http://[::1"):
        assert delivery(Ending(ENDED), replace(BILLING, url=url), sent="1").owner == "none"


@example("https://a\x01b.example/")
@example("https://a\ufffeb.example/")
@given(st.text().map("https://{}/".format))
def test_whatever_a_client_calls_a_url_sqs_takes_the_delivery(url: str) -> None:
    """A delivery that SQS refuses would hold up the stream, and with it all other endings."""
    named = parse(message(json.dumps({"callback": {"url": url}})), default_type="echo").callback
    queue = SQS()
    listener = Deliveries(SQSSender(lambda: queue, "https://sqs/webhooks", fair=True), [])

    assert listener.tell([Change(RUNNING, replace(ENDED, callback=named))]) == []
    (sent,) = queue.taken
    owner = sent["MessageAttributes"]["owner"]["StringValue"]
    for text in (sent["MessageBody"], owner):
        assert not _REFUSED.search(text)
    assert owner
    assert re.fullmatch("[!-~]{1,128}", sent["MessageGroupId"])


def test_an_ending_is_told_again_until_all_its_deliveries_are_queued() -> None:
    """What was queued before is delivered once, by its id."""
    changes = [Change(RUNNING, ENDED), Change(None, replace(ENDED, id="c-2", callback=None))]
    queue = Queue("billing.example.com")
    listener = Deliveries(queue, [BILLING])

    untold = listener.tell(changes)
    assert [(one.change.after.id, one.retryable) for one in untold] == [
        ("c-1", True),
        ("c-2", True),
    ]
    assert [one.owner for one in queue.taken] == ["hooks.example.com"]
    assert Deliveries(Queue(), [BILLING]).tell(changes) == []


def test_a_delivery_that_is_never_taken_holds_up_nothing() -> None:
    """It is given up at once, and the others of its call are queued."""
    changes = [Change(RUNNING, ENDED), Change(None, replace(ENDED, id="c-2", callback=None))]
    queue = Queue(never="hooks.example.com")

    untold = Deliveries(queue, [BILLING]).tell(changes)
    assert [(one.change.after.id, one.retryable) for one in untold] == [("c-1", False)]
    assert [one.owner for one in queue.taken] == ["billing.example.com"] * 2


def test_only_endings_with_a_receiver_are_wanted() -> None:
    """Without one there is nothing to do."""
    alone = replace(ENDED, callback=None)

    assert Deliveries(Queue(), []).wants(Change(RUNNING, ENDED))
    assert not Deliveries(Queue(), []).wants(Change(RUNNING, alone))
    assert not Deliveries(Queue(), [BILLING]).wants(Change(None, RUNNING))


def test_a_direct_submission_names_a_callback_in_its_body() -> None:
    """What is wrong with it never fails the work: it leads nowhere, which its state then says."""

    def named(callback: object) -> Callback | None:
        body = json.dumps({"type": "echo", "input": {"n": 1}, "callback": callback})
        return parse(message(body), default_type="echo").callback

    url = "https://hooks.example.com/"
    assert named({"url": url}) == Callback(url)
    assert named({"url": url, "includeResult": True}) == Callback(url, include_result=True)
    for wrong in (
        None,
        "https://x.example/",
        {},
        {"url": 7},
        {"url": "h" * 3000},
        {"url": "\ud800"},
    ):
        assert named(wrong) == Callback("")
    assert parse(message(), default_type="echo").callback is None
    assert parse(message(), default_type="echo").work == RUNNING.work
