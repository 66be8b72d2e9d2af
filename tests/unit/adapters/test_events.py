"""An ending becomes one event; what a service refuses is told again or given up, alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest
from botocore.exceptions import ClientError

from command_api.adapters.events.eventbridge import EventBridge
from command_api.adapters.events.sns import Topic
from command_api.domain.ending import Change, Ending
from command_api.domain.event import event_of
from command_api.domain.model import Failure, Status
from tests.builders import LATER, NOW, command

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.model import Command

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = json.loads((DOCS / "event.schema.json").read_text())
RUNNING = command(Status.PROCESSING, owner="alice")
FAILURE = Failure(code="card_declined", message="s3cret card 4111", retryable=False)
COMPLETED = RUNNING.completed({"secret": "s3cret"}, now=NOW, purge_at=LATER)
FAILED = RUNNING.failed(FAILURE, now=NOW, purge_at=LATER)
MILLISECONDS = int(NOW.timestamp() * 1000)


@dataclass
class Service:
    """EventBridge and SNS, which take ten entries and refuse some by their place."""

    refused: dict[int, str] = field(default_factory=dict)
    error: str = ""
    requests: list[list[dict[str, Any]]] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Answer by entry."""
        self._take(Entries)
        return {
            "FailedEntryCount": len(self.refused),
            "Entries": [
                {"ErrorCode": self.refused[n]} if n in self.refused else {"EventId": str(n)}
                for n in range(len(Entries))
            ],
        }

    def publish_batch(
        self,
        *,
        TopicArn: str,  # noqa: ARG002, N803
        PublishBatchRequestEntries: list[dict[str, Any]],  # noqa: N803
    ) -> dict[str, Any]:
        """Answer by entry."""
        self._take(PublishBatchRequestEntries)
        return {"Failed": [{"Id": str(n), "Code": code} for n, code in self.refused.items()]}

    def _take(self, entries: list[dict[str, Any]]) -> None:
        assert 1 <= len(entries) <= 10
        self.requests.append(entries)
        if self.error:
            response = {"Error": {"Code": self.error}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise ClientError(response, "Put")  # type: ignore[arg-type]


LISTENERS: dict[str, Callable[[Service], EventBridge | Topic]] = {
    "eventbridge": lambda service: EventBridge(lambda: service, "acme-dev-events", "acme-dev"),
    "sns": lambda service: Topic(lambda: service, "arn:aws:sns:us-east-1:123456789012:t"),
}
ALL = pytest.mark.parametrize("kind", LISTENERS)


def changes(number: int) -> list[Change]:
    """So many commands that ended."""
    return [
        Change(replace(RUNNING, id=f"c-{n}"), replace(COMPLETED, id=f"c-{n}"))
        for n in range(number)
    ]


def test_an_event_says_what_happened_and_no_more() -> None:
    """Neither input nor result, and of a failure only the code."""
    service = Service()
    listener = LISTENERS["eventbridge"](service)

    failed_one = replace(FAILED, id="c-2")

    assert listener.tell([Change(RUNNING, COMPLETED), Change(RUNNING, failed_one)]) == []
    ((completed, failed),) = service.requests
    assert completed["DetailType"] == "Command Completed"
    assert completed["Source"] == "acme-dev"
    assert json.loads(completed["Detail"]) == {
        "id": f"c-1/{MILLISECONDS}",
        "commandId": "c-1",
        "type": "echo",
        "status": "COMPLETED",
        "attempts": 1,
        "owner": "alice",
        "createdAt": "2030-01-02T03:04:05.000Z",
        "endedAt": "2030-01-02T03:04:05.000Z",
        "statusPath": "/commands/c-1",
    }
    assert json.loads(failed["Detail"])["error"] == {"code": "card_declined", "retryable": False}
    assert "s3cret" not in str(service.requests)


@pytest.mark.parametrize(
    "ended",
    [
        COMPLETED,
        FAILED,
        command(Status.CANCELLED, attempts=0, completed_at=NOW),
        replace(FAILED, type="", owner=""),
    ],
    ids=["completed", "failed", "cancelled", "unreadable"],
)
def test_every_event_is_as_its_schema_says(ended: Command) -> None:
    """And has no field that the schema, which consumers read, does not explain."""
    event = json.loads(json.dumps(event_of(Ending(ended))))

    fastjsonschema.compile(SCHEMA)(event)
    assert event.keys() <= SCHEMA["properties"].keys()
    assert event.get("error", {}).keys() <= SCHEMA["properties"]["error"]["properties"].keys()


def test_the_event_of_the_page_is_one() -> None:
    """docs/events.md shows all fields, as the schema has them."""
    (text,) = re.findall(r"```json\n(.*?)```", (DOCS / "events.md").read_text(), re.DOTALL)
    shown = json.loads(text)["detail"]

    fastjsonschema.compile(SCHEMA)(shown)
    assert shown.keys() == SCHEMA["properties"].keys()


def test_subscriptions_can_filter_messages() -> None:
    """By type, status and owner; where there is no owner, there is no attribute."""
    service = Service()
    nobodys = replace(COMPLETED, id="c-2", owner="")

    assert LISTENERS["sns"](service).tell([Change(RUNNING, COMPLETED), Change(None, nobodys)]) == []
    ((owned, other),) = service.requests
    assert {name: one["StringValue"] for name, one in owned["MessageAttributes"].items()} == {
        "type": "echo",
        "status": "COMPLETED",
        "owner": "alice",
    }
    assert "owner" not in other["MessageAttributes"]


@ALL
def test_only_endings_are_told(kind: str) -> None:
    """A claim is none."""
    listener = LISTENERS[kind](Service())

    assert not listener.wants(Change(None, RUNNING))
    assert listener.wants(Change(RUNNING, COMPLETED))


@ALL
def test_what_is_refused_for_now_is_told_again_alone(kind: str) -> None:
    """The others of the request are not repeated."""
    listener = LISTENERS[kind](Service(refused={1: "ThrottlingException"}))

    ((change, reason, retryable),) = listener.tell(changes(3))
    assert (change.after.id, reason, retryable) == ("c-1", "ThrottlingException", True)


@ALL
def test_no_ending_overtakes_an_earlier_one_of_its_command(kind: str) -> None:
    """A failure that is refused for now keeps the completion after it waiting."""
    service = Service(refused={0: "ThrottlingException"})
    again = replace(COMPLETED, completed_at=LATER)
    both = [Change(RUNNING, FAILED), Change(RUNNING, again)]

    untold = LISTENERS[kind](service).tell(both)
    assert [one.change for one in untold] == both
    assert len(service.requests) == 1


@ALL
def test_a_request_has_one_ending_of_a_command(kind: str) -> None:
    """As it might take the second and refuse the first."""
    service = Service()
    again = replace(COMPLETED, completed_at=LATER)

    assert LISTENERS[kind](service).tell([Change(RUNNING, FAILED), Change(RUNNING, again)]) == []
    assert [len(request) for request in service.requests] == [1, 1]


@pytest.mark.parametrize(
    ("kind", "code"), [("eventbridge", "MalformedDetail"), ("sns", "InvalidParameter")]
)
def test_what_will_never_be_taken_is_given_up(kind: str, code: str) -> None:
    """To try it again would hold up what comes after it."""
    listener = LISTENERS[kind](Service(refused={0: code}))

    ((_, _, retryable),) = listener.tell(changes(1))
    assert not retryable


@ALL
def test_a_service_that_is_away_is_not_asked_on(kind: str) -> None:
    """Everything from there on is told again."""
    service = Service(error="ThrottlingException")

    untold = LISTENERS[kind](service).tell(changes(25))
    assert [one.change.after.id for one in untold] == [f"c-{n}" for n in range(25)]
    assert all(one.retryable for one in untold)
    assert len(service.requests) == 1


@ALL
def test_endings_go_ten_at_a_time(kind: str) -> None:
    """As many as a request takes."""
    service = Service()

    assert LISTENERS[kind](service).tell(changes(25)) == []
    assert [len(request) for request in service.requests] == [10, 10, 5]
