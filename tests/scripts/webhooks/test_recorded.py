"""A replay of what no message is left of: deliveries that arrived, or that an answer ended."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.dynamodb.commands import DynamoDBCommands
from command_api.domain.context import Registered
from command_api.domain.delivery import CALLBACK, Endpoint, delivery, delivery_id
from command_api.domain.ending import Ending
from command_api.domain.errors import Unavailable
from command_api.domain.message import Message
from command_api.domain.model import Failure, Status
from command_api.domain.retry import RetryPolicy
from command_api.http.callback import callback_of
from command_api.usecases.process import ProcessMessage
from command_api.usecases.runtime import Runtime
from command_api.webhooks import callback
from tests.builders import command
from tests.fakes.commands import InMemoryQueue, InMemorySecrets
from tests.scripts.dlq.world import refusal
from tests.scripts.webhooks.environment import HOUR
from tests.unit.attempts import SECRETS
from tests.unit.webhooks.delivery import HOST, reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from command_api.domain.model import Command
    from tests.scripts.dlq.world import Result
    from tests.scripts.webhooks.environment import Webhooks
    from tests.unit.webhooks.receiver import Receiver

    Run = Callable[..., Result]


class Sender:
    """The sender of webhooks, which has one receiver."""

    def __init__(self, world: Webhooks, receiver: Receiver) -> None:
        self.world, self.receiver = world, receiver
        self.queue = InMemoryQueue()
        self.taken: set[str] = set()
        self.store = DynamoDBCommands(world.dynamodb.real, "deliveries", "gone_at")

    def deliver(self, name: str, answer: int, ago: timedelta = HOUR) -> str:
        """Deliver the ending of a command, some time ago; the webhook's id."""
        then = self.world.now - ago
        ended = command(Status.COMPLETED, id=name, completed_at=then, result={"n": 1})
        to = Endpoint(name=CALLBACK, url=f"http://{HOST}:{self.receiver.port}/hooks?key=s3cret")
        made = delivery(Ending(ended), to, sent="1")
        entry = made.pending_entry
        assert entry is not None
        body = json.dumps({"type": "callback", "input": entry.input})
        self.run(body, made.id, made.owner, answer, at=then)
        return made.id

    def run(
        self, body: str, name: str, owner: str, answer: int, *, at: datetime | None = None
    ) -> None:
        """Let the worker have a message, to which the receiver answers so."""
        self.receiver.status = answer
        at = at or datetime.now(UTC)
        runtime = Runtime(
            store=self.store,
            queue=self.queue,
            secrets=InMemorySecrets(SECRETS),
            handlers={"callback": Registered(handle=callback.handle, max_attempts=3)},
            default_type="callback",
            policy=RetryPolicy(max_attempts=3),
            retention=timedelta(days=30),
            message_life=timedelta(days=5),
            logger=logging.getLogger("sender"),
            clock=lambda: at,
        )
        message = Message(
            message_id=f"m-{at.timestamp()}",
            receipt_handle="r",
            body=body,
            command_id=name,
            sent_at=at,
            owner=owner,
        )
        ProcessMessage(runtime)(message, deadline=at + timedelta(seconds=30))

    def run_queue(self, answer: int) -> int:
        """Let the worker have what the tool has sent; how many messages that were."""
        messages = [
            one for one in self.world.messages(self.world.queue_url) if one.id not in self.taken
        ]
        self.taken |= {one.id for one in messages}
        for one in messages:
            sent = one.message_attributes
            name, owner = (sent[it]["StringValue"] for it in ("command_id", "owner"))
            self.run(one.body, name, owner, answer)
        return len(messages)

    def found(self, name: str) -> Command:
        """A delivery as it is stored."""
        found = self.store.get(name)
        assert found is not None
        return found

    def status(self, name: str) -> Status:
        """What the table says of a delivery."""
        return self.found(name).status


@pytest.fixture
def sender(world: Webhooks, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    """A sender whose receiver is on this machine."""
    monkeypatch.setenv("WEBHOOK_SECRETS", "webhook-signing-key")
    with reachable(monkeypatch) as receiver:
        yield Sender(world, receiver)


@pytest.mark.parametrize(
    ("answer", "outcome", "before"),
    [
        (204, "delivered", "The receiver has accepted it."),
        (410, "ended", "The receiver answered 410."),
        (307, "ended", "The receiver answered 307; redirects are not followed."),
    ],
)
def test_the_same_body_is_sent_under_the_same_id(
    answer: int, outcome: str, before: str, sender: Sender, run: Run
) -> None:
    """To the byte, by the worker's own rules; the status follows the new tries."""
    name = sender.deliver("order-1", answer)
    assert sender.status(name).terminal
    result = run("replay", "--outcome", outcome, "--receiver", HOST, "--apply")
    assert (result.code, result.err) == (0, "replayed 1\n")
    assert sender.status(name) is Status.FAILED
    assert sender.run_queue(200) == 1
    assert sender.status(name) is Status.COMPLETED
    (path, first, body), (again, second, repeated) = sender.receiver.received
    assert (path, first["webhook-id"], body) == (again, second["webhook-id"], repeated)
    assert first["webhook-id"] == name
    [earlier] = sender.found(name).past
    assert (earlier.code, earlier.message) == ("webhook_replayed", f"Sent again. Before: {before}")


def test_what_a_replay_ends_with_can_be_replayed_again(sender: Sender, run: Run) -> None:
    """Ended after it was delivered, and the other way round."""
    name = sender.deliver("order-1", 200)
    for answer in (410, 200, 200, 302):
        assert run("replay", "--id", name, "--apply").code == 0
        assert sender.run_queue(answer) == 1
    assert len({body for _, _, body in sender.receiver.received}) == 1
    assert len(sender.receiver.received) == 5


def test_a_client_reads_that_a_replay_is_on_its_way(sender: Sender, run: Run) -> None:
    """Neither `failed` nor `delivered`, until the worker has tried."""
    sender.deliver("order-1", 200)
    asked = command(
        Status.COMPLETED, id="order-1", completed_at=sender.world.now - HOUR, callback=("u", False)
    )

    def shown() -> Any:
        return callback_of(asked, sender.store, now=datetime.now(UTC))

    assert shown() == {"status": "delivered", "attempts": 1}
    run("replay", "--id", delivery_id(Ending(asked), CALLBACK), "--apply")
    assert shown() == {"status": "pending", "attempts": 1}
    sender.run_queue(410)
    assert shown()["status"] == "failed"


@pytest.mark.parametrize(
    "words",
    [
        ("--id", "order-1"),
        ("--outcome", "delivered", "--older-than", "90m"),
        ("--outcome", "delivered", "--receiver", HOST, "--older-than", "90m"),
        ("--outcome", "ended", "--code", "webhook_refused", "--younger-than", "90m"),
    ],
)
def test_what_does_not_match_stays(words: tuple[str, ...], sender: Sender, run: Run) -> None:
    """By a command's id, by receiver, time and failure."""
    ids = {
        "order-1": sender.deliver("order-1", 200, 2 * HOUR),
        "order-2": sender.deliver("order-2", 200),
        "order-3": sender.deliver("order-3", 410),
        "order-4": sender.deliver("order-4", 301),
        "order-5": sender.deliver("order-5", 410, 3 * HOUR),
    }
    sender.world.put("commands", "order-1", Status.COMPLETED, 2 * HOUR)
    assert run("replay", *words, "--apply").code == 0
    meant = "order-3" if "--code" in words else "order-1"
    assert sender.world.sent() == [ids[meant]]


def test_a_dry_run_changes_nothing_and_says_what_applies_it(sender: Sender, run: Run) -> None:
    """The deliveries are listed, and the next line is one to copy."""
    name = sender.deliver("order-1", 200)
    words = ("--outcome", "delivered", "--receiver", HOST, "--rate", "5")
    result = run("replay", *words)
    assert (result.code, sender.world.sent(), sender.status(name)) == (0, [], Status.COMPLETED)
    assert result.out.split("\t")[1:] == ["COMPLETED", "1", HOST, f"{name}\n"]
    line = f"replay --apply --outcome delivered --owner {HOST} --rate 5 --env dev"
    assert f"dry run: nothing was sent; next: python -m scripts.webhooks {line}" in result.err


def test_no_default_calls_who_has_said_gone_or_has_it_already(sender: Sender, run: Run) -> None:
    """Without an id and an outcome only dead-letter messages go back."""
    sender.deliver("order-1", 200)
    sender.deliver("order-2", 410)
    assert run("replay", "--receiver", HOST, "--apply").code == 0
    assert sender.world.sent() == []


def test_a_url_that_may_not_be_called_is_not_kept(sender: Sender, run: Run) -> None:
    """Nothing was sent, so there is nothing to repeat; it is counted."""
    sender.run(
        json.dumps({"type": "callback", "input": {**BARE, "url": "https://10.0.0.1/"}}),
        "d-1",
        "10.0.0.1",
        200,
        at=sender.world.now - HOUR,
    )
    assert sender.status("d-1") is Status.FAILED
    result = run("replay", "--outcome", "ended", "--apply")
    assert (result.code, sender.world.sent()) == (0, [])
    assert "1 more match, but were never sent" in result.err


BARE = {"receiver": CALLBACK, "url": "", "body": "{}", "sent": "1"}


def test_killed_before_the_send_the_same_line_finds_it_again(sender: Sender, run: Run) -> None:
    """The record has failed by then, with a code of its own."""
    name = sender.deliver("order-1", 410)
    again = sender.deliver("order-2", 200)
    words = ("replay", "--outcome", "ended", "--code", "webhook_refused", "--apply")
    sender.world.sqs.steps["send_message_batch"].append(refusal("AccessDenied", "SendMessage"))
    assert run(*words).code == 1
    assert (sender.status(name), sender.world.sent()) == (Status.FAILED, [])
    assert run(*words).code == 0
    assert sender.world.sent() == [name]
    sender.world.sqs.steps["send_message_batch"].append(refusal("AccessDenied", "SendMessage"))
    other = ("replay", "--id", again, "--apply")
    assert run(*other).code == 1
    assert run(*other).code == 0
    assert sender.world.sent() == [name, again]


def test_killed_after_the_send_the_receiver_is_called_once(sender: Sender, run: Run) -> None:
    """The worker drops the second message."""
    name = sender.deliver("order-1", 410)
    for _ in range(2):
        assert run("replay", "--id", name, "--apply").code == 0
    assert sender.run_queue(200) == 2
    assert len(sender.receiver.received) == 2


def test_what_changes_under_the_tool_is_left_out(
    sender: Sender, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another replay runs it already."""
    name = sender.deliver("order-1", 410)
    real = DynamoDBCommands.replace

    def overtaken(self: DynamoDBCommands, known: Command, changed: Command) -> None:
        monkeypatch.setattr(DynamoDBCommands, "replace", real)
        assert run("replay", "--id", name, "--apply").code == 0
        sender.run_queue(200)
        real(self, known, changed)

    monkeypatch.setattr(DynamoDBCommands, "replace", overtaken)
    result = run("replay", "--id", name, "--apply")
    assert result.code == 0
    assert f"{name} has changed meanwhile and is left out" in result.err
    assert (sender.status(name), sender.world.sent()) == (Status.COMPLETED, [name])


def test_a_queue_that_is_gone_is_noticed_before_a_record_changes(sender: Sender, run: Run) -> None:
    """The delivery stays what it was."""
    name = sender.deliver("order-1", 200)
    sender.world.sqs.real.delete_queue(QueueUrl=sender.world.queue_url)
    assert "not found" in run("replay", "--id", name, "--apply").line
    assert sender.status(name) is Status.COMPLETED


def test_a_table_that_does_not_answer_is_one_line(
    sender: Sender, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent before that is told."""
    name = sender.deliver("order-1", 410)

    def throttled(*_: object) -> None:
        raise Unavailable("ThrottlingException")

    monkeypatch.setattr(DynamoDBCommands, "replace", throttled)
    line = run("replay", "--id", name, "--apply").line
    assert "DynamoDB does not answer (ThrottlingException); wait a minute" in line
    assert (sender.status(name), sender.world.sent()) == (Status.FAILED, [])


@pytest.mark.parametrize("answer", [200, 410])
def test_what_was_sent_is_shown_only_if_it_is_asked_for(
    answer: int, sender: Sender, run: Run
) -> None:
    """A URL may hold a credential."""
    name = sender.deliver("order-1", answer)
    shown = run("show", name)
    assert (shown.code, "s3cret" in shown.out) == (0, False)
    sent = json.loads(run("show", name, "--body").out)["sent"]
    assert sent["url"].endswith("/hooks?key=s3cret")
    assert sent["body"].encode() == sender.receiver.received[0][2]


def test_the_largest_body_is_kept(sender: Sender, run: Run) -> None:
    """Quotes and surrogate pairs take the most room where a text is stored as JSON."""
    text = json.dumps({"data": "\U0001f600" * 5_000 + '"' * 20_000}, ensure_ascii=False)
    asked = {**BARE, "url": f"http://{HOST}:{sender.receiver.port}/", "body": text}
    body = json.dumps({"type": "callback", "input": asked})
    for name, answer in (("d-1", 200), ("d-2", 410)):
        sender.run(body, name, HOST, answer, at=sender.world.now - HOUR)
    assert sender.status("d-1") is Status.COMPLETED
    assert run("replay", "--id", "d-1", "--id", "d-2", "--apply").code == 0
    assert sender.run_queue(200) == 2
    assert {body for _, _, body in sender.receiver.received} == {text.encode()}


def test_only_the_answer_of_a_receiver_is_told(sender: Sender) -> None:
    """The code of an ended delivery stays what it was before anything was kept."""
    name = sender.deliver("order-1", 410)
    found = sender.store.get(name)
    assert found is not None
    said = Failure(code="webhook_refused", message="The receiver answered 410.", retryable=False)
    assert found.failure == said
