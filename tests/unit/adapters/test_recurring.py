"""Schedules of clients in EventBridge Scheduler, which holds all that is known of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from command_api.adapters.recurring import EventBridgeRecurringSchedules
from command_api.domain.errors import Rejected, Unavailable
from command_api.domain.message import body_of, parse
from command_api.domain.recurring import KEYWORD, Overlap, Schedule, When
from tests.builders import NOW
from tests.fakes.scheduler import FakeScheduler

GROUP = "acme-dev-work-queue-api"
ROLE = "arn:aws:iam::123456789012:role/acme-dev-work-queue-recurring"
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/acme-dev-work-queue"
UNSENT = "arn:aws:sqs:eu-west-1:123456789012:acme-dev-work-queue-recurring"
NIGHTLY = Schedule(
    id="nightly", owner="ann", when=When("0 2 * * ? *", "Europe/Berlin"), type="echo", input={}
)
AT = "2030-12-24T01:00:00Z"


def group(client: FakeScheduler, **own: Any) -> EventBridgeRecurringSchedules:
    """The schedules of a group."""
    named = {"group": GROUP, "role": ROLE, "url": URL, "unsent": UNSENT, **own}
    return EventBridgeRecurringSchedules(lambda: client, **named)


@pytest.fixture
def client() -> FakeScheduler:
    """A group without schedules."""
    return FakeScheduler(GROUP, NOW)


HOSTILE = f'{KEYWORD} <aws.scheduler.execution-id> \\u003caws.scheduler.schedule-arn> " \\ ä \ufffe'


@pytest.mark.parametrize(
    "schedule",
    [
        NIGHTLY,
        replace(NIGHTLY, owner="", overlap=Overlap.SKIP, enabled=False),
        replace(NIGHTLY, owner="ä|b c", input={"a": [1, 1.5, None, True, {"ü": "\u2028"}]}),
        replace(NIGHTLY, owner=HOSTILE.replace("\ufffe", ""), input={HOSTILE: HOSTILE}),
    ],
)
def test_a_schedule_is_read_as_it_was_made(client: FakeScheduler, schedule: Schedule) -> None:
    """There is no other record of it."""
    assert group(client).create(schedule)
    found = group(client).get(schedule.owner, schedule.id)
    assert found == replace(schedule, created_at=NOW, changed_at=NOW)


def test_a_firing_sends_a_command_of_the_owner(client: FakeScheduler) -> None:
    """By the id of its time, which the answer of the API has shown; once more is the same."""
    schedule = replace(NIGHTLY, input={"until": KEYWORD}, overlap=Overlap.SKIP)
    group(client).create(schedule)
    sent = client.fired(schedule.name, AT)
    assert (sent.command_id, sent.owner) == (schedule.run_id(AT), "ann")
    assert sent.schedule == schedule.name
    assert sent.body == body_of("echo", {"until": AT})
    again = client.fired(schedule.name, AT, number=2)
    assert (again.key, again.body) == (sent.key, sent.body)


def test_no_owner_and_no_input_is_changed_by_a_keyword(client: FakeScheduler) -> None:
    """Whoever can choose a name for themselves must not become somebody else at some time."""
    owner = f"ann-{KEYWORD}-<aws.scheduler.execution-id>"
    text = "<aws.scheduler.execution-id> \\u003caws.scheduler.scheduled-time> <b>"
    schedule = replace(NIGHTLY, owner=owner, input={"text": text, text: 1})
    group(client).create(schedule)
    sent = client.fired(schedule.name, AT)
    assert sent.owner == owner
    assert parse(sent, default_type="echo").input == {"text": text, text: 1}


def test_the_target_is_the_queue_and_what_cannot_be_sent_is_kept(client: FakeScheduler) -> None:
    """For a role of the group's own."""
    group(client).create(replace(NIGHTLY, enabled=False))
    ((name, asked),) = client.schedules.items()
    assert name == NIGHTLY.name
    target = asked["Target"]
    assert (target["RoleArn"], target["DeadLetterConfig"]) == (ROLE, {"Arn": UNSENT})
    assert json.loads(target["Input"])["QueueUrl"] == URL
    assert asked["ScheduleExpression"] == "cron(0 2 * * ? *)"
    assert asked["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert asked["State"] == "DISABLED"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, ("", None)),
        ({"fair": True}, ("ann", None)),
        ({"url": f"{URL}.fifo"}, (NIGHTLY.name, NIGHTLY.run_id(AT))),
    ],
)
def test_runs_are_grouped_as_their_queue_asks(
    client: FakeScheduler, own: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    """A fair queue by owner; a FIFO queue by schedule, where the same run is taken once."""
    group(client, **own).create(NIGHTLY)
    text = client.schedules[NIGHTLY.name]["Target"]["Input"].replace(KEYWORD, AT)
    sent = json.loads(text)
    assert (sent.get("MessageGroupId", ""), sent.get("MessageDeduplicationId")) == expected


def test_an_owner_sees_its_own_alone(client: FakeScheduler) -> None:
    """Two may have one id; all pages are read."""
    schedules = group(client)
    for owner in ("ann", "bob", ""):
        for number in range(5):
            schedules.create(replace(NIGHTLY, id=f"n{number}", owner=owner))
    assert schedules.ids("ann") == [f"n{number}" for number in range(5)]
    assert schedules.delete("ann", "n3")
    assert schedules.get("ann", "n3") is None
    assert schedules.get("bob", "n3") is not None
    assert schedules.ids("nobody") == []


def test_a_name_that_is_there_or_gone_is_told(client: FakeScheduler) -> None:
    """To be changed, or made."""
    schedules = group(client)
    assert not schedules.replace(NIGHTLY)
    assert schedules.create(NIGHTLY)
    assert not schedules.create(replace(NIGHTLY, type="demo"))
    assert schedules.replace(replace(NIGHTLY, type="demo"))
    assert (schedules.get("ann", "nightly") or NIGHTLY).type == "demo"
    assert schedules.delete("ann", "nightly")
    assert not schedules.delete("ann", "nightly")


def test_a_message_has_to_fit_with_its_escapes(client: FakeScheduler) -> None:
    """A quotation mark is escaped twice."""
    assert group(client).takes(replace(NIGHTLY, input={"a": "x" * 250_000}))
    assert not group(client).takes(replace(NIGHTLY, input={"a": '"' * 70_000}))


def _refuses(code: str, message: str = "No.") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "x")


_NO_ROLE = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_refuses("ValidationException", "The timezone is not valid."), Rejected),
        (_refuses("ValidationException", _NO_ROLE), Unavailable),
        (_refuses("ThrottlingException"), Unavailable),
        (_refuses("ServiceQuotaExceededException"), Unavailable),
        (ConnectTimeoutError(endpoint_url="https://x"), Unavailable),
    ],
)
def test_a_refusal_says_whether_to_ask_again(
    client: FakeScheduler, error: Exception, expected: type[Exception]
) -> None:
    """Nothing is made."""

    def refuse(_: str) -> None:
        raise error

    client.before = refuse
    with pytest.raises(expected):
        group(client).create(NIGHTLY)
    with pytest.raises(expected):
        group(client).replace(NIGHTLY)
    assert not client.schedules


def test_a_group_that_is_being_made_is_asked_for_later(client: FakeScheduler) -> None:
    """By an apply, or removed."""
    other = group(client, group="other")
    assert not other.replace(NIGHTLY)
    with pytest.raises(Unavailable):
        other.create(NIGHTLY)
