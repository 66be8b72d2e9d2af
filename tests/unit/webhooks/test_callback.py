"""What the webhook sender posts of an ending, and what each answer means for the delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from command_api import Rejected, Retryable
from command_api.domain.delivery import (
    ATTEMPTS,
    BASE_SECONDS,
    CALLBACK,
    CAP_SECONDS,
    Endpoint,
    delivery,
    receivers,
)
from command_api.domain.ending import Ending
from command_api.domain.errors import SecretUnavailable
from command_api.domain.model import Callback, Status
from command_api.domain.retry import LONGEST_WAIT_SECONDS, RetryPolicy
from command_api.webhooks import callback
from command_api.webhooks.circuits import Circuits
from tests.builders import NOW, command
from tests.unit.attempts import SECRETS
from tests.unit.webhooks.delivery import HOST

if TYPE_CHECKING:
    from command_api.domain.model import Command
    from tests.unit.attempts import Attempts
    from tests.unit.webhooks.receiver import Receiver

OLD, NEW = "webhook-signing-key", "webhook-signing-key-2"


@pytest.fixture(autouse=True)
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment whose webhooks one key signs."""
    monkeypatch.setenv("WEBHOOK_SECRETS", OLD)


@pytest.fixture(autouse=True)
def circuits(monkeypatch: pytest.MonkeyPatch) -> Circuits:
    """A process that has met nobody, and for which no call takes long, however busy we are."""
    made = Circuits(clock=lambda: 0.0)
    monkeypatch.setattr(callback, "circuits", made)
    return made


def ended(status: Status = Status.COMPLETED, **changes: Any) -> Command:
    """A command that has ended."""
    return command(status, completed_at=NOW, **changes)


def sent(of: Command, receiver: Receiver, name: str = CALLBACK) -> Command:
    """The delivery of a command's end to the receiver."""
    url = f"http://{HOST}:{receiver.port}/private-path?token=private-token"
    return delivery(Ending(of), Endpoint(name=name, url=url), sent="1")


def post(made: Command, attempt: Attempts, attempts: int = 1) -> Any:
    """One try, at the present time: the official library compares with the real clock."""
    now, entry = datetime.now(UTC), made.pending_entry
    assert entry is not None
    assert entry.input is not None
    made_now = replace(
        attempt(id=made.id, attempts=attempts),
        clock=lambda: now,
        deadline=now + timedelta(seconds=30),
    )
    return callback.handle(entry.input, made_now)


def test_the_official_library_accepts_a_call(receiver: Receiver, attempt: Attempts) -> None:
    """It knows neither input nor URL; without being asked for, no result comes along."""
    post(sent(ended(result={"card": "secret"}), receiver), attempt)
    [(_, headers, body)] = receiver.received
    event = Webhook(SECRETS[OLD]).verify(body, dict(headers))
    assert event["type"] == "command.completed"
    assert (event["data"]["commandId"], event["data"]["status"]) == ("c-1", "COMPLETED")
    assert "secret" not in body.decode()
    assert "private" not in body.decode()


@pytest.mark.parametrize("key", [OLD, NEW])
def test_while_keys_are_rotated_a_receiver_needs_one_of_them(
    key: str, receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call is signed with both."""
    monkeypatch.setenv("WEBHOOK_SECRETS", f"{OLD},{NEW}")
    post(sent(ended(), receiver), attempt)
    [(_, headers, body)] = receiver.received
    assert Webhook(SECRETS[key]).verify(body, dict(headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRETS[key]).verify(body + b" ", dict(headers))


def test_every_try_has_the_same_id_and_body(receiver: Receiver, attempt: Attempts) -> None:
    """However often the ending is told, so that a receiver can drop repeats."""
    receiver.status = 500
    for _ in range(2):
        with pytest.raises(Retryable):
            post(sent(ended(), receiver), attempt)
    (_, first, body), (_, second, again) = receiver.received
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    # A full stop separates what is signed.
    assert first["webhook-id"].isalnum()


@pytest.mark.parametrize("status", [400, 401, 404, 408, 422, 429, 500, 503, 599])
def test_what_may_pass_is_tried_again(receiver: Receiver, attempt: Attempts, status: int) -> None:
    """A receiver that is being set up answers 401 or 404 as well."""
    receiver.status, receiver.headers["Retry-After"] = status, "120"
    with pytest.raises(Retryable) as refusal:
        post(sent(ended(), receiver), attempt)
    assert (refusal.value.code, refusal.value.at_least) == ("webhook_try_later", 120)


@pytest.mark.parametrize("status", [301, 307, 410])
def test_gone_and_redirects_end_a_delivery(
    receiver: Receiver, attempt: Attempts, status: int
) -> None:
    """A redirect could lead anywhere."""
    receiver.status, receiver.headers["Location"] = status, f"http://{HOST}:{receiver.port}/else"
    with pytest.raises(Rejected):
        post(sent(ended(), receiver), attempt)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("url", ["", "ftp://hooks.example.com/", "http://[", "https://10.0.0.1/"])
def test_a_bad_callback_is_refused_without_a_call(url: str, attempt: Attempts) -> None:
    """The delivery says so; the command has long ended."""
    [to] = receivers(ended(callback=Callback(url)), ())
    with pytest.raises(Rejected):
        post(delivery(Ending(ended()), to, sent="1"), attempt)


def test_no_client_reaches_a_receiver_that_only_the_environment_may_name(
    receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would get calls that we have signed, on any path that the client likes."""
    monkeypatch.setenv("WEBHOOK_ALLOWED_HOSTS", "hooks.elsewhere.example")
    with pytest.raises(Rejected):
        post(sent(ended(), receiver), attempt)
    assert not receiver.received
    post(sent(ended(), receiver, "billing"), attempt)
    assert len(receiver.received) == 1


def test_addresses_are_checked_for_the_environments_own_receivers_too(
    receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may lead to this machine on any try."""
    monkeypatch.delenv("WEBHOOK_ALLOW_LOOPBACK")
    with pytest.raises(Rejected):
        post(sent(ended(), receiver, "billing"), attempt)
    assert not receiver.received


def test_a_missing_key_sends_nothing(
    receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unsigned, it would be refused, or worse, believed."""
    monkeypatch.setenv("WEBHOOK_SECRETS", "nobody-seeded-this")
    with pytest.raises(Retryable) as refusal:
        post(sent(ended(), receiver), attempt)
    assert (refusal.value.code, receiver.received) == ("secret_unavailable", [])


@pytest.mark.parametrize("key", ["c2VjcmV0LXNlY3JldA==", "s3cret!", "whsec_", "whsec_c2VjcmV0L"])
def test_a_key_that_no_receiver_could_read_sends_nothing(
    key: str, receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs no try, and the callback's status says what to do."""
    monkeypatch.setitem(SECRETS, "webhook-signing-key", key)
    with pytest.raises(SecretUnavailable, match="must be whsec_ and the key in base64"):
        post(sent(ended(), receiver), attempt)
    assert not receiver.received


def test_tries_go_on_for_days_and_end_before_the_queue_forgets_them() -> None:
    """The queue keeps a message for five days; SQS hides it for less than half a day at once."""
    policy = RetryPolicy(max_attempts=ATTEMPTS, base_seconds=BASE_SECONDS, cap_seconds=CAP_SECONDS)
    pauses = {
        spread: [policy.delay(number, spread=spread) for number in range(1, ATTEMPTS)]
        for spread in (0.0, 1.0)
    }
    day = 24 * 60 * 60
    assert max(pauses[1.0]) < LONGEST_WAIT_SECONDS
    assert 2 * day < sum(pauses[0.0]) < sum(pauses[1.0]) < 4.5 * day


def test_who_keeps_others_waiting_is_left_alone(
    receiver: Receiver, attempt: Attempts, circuits: Circuits
) -> None:
    """By this process, for a while: the try is over without a call."""
    circuits.note(HOST, 15.0)
    with pytest.raises(Retryable) as skipped:
        post(sent(ended(), receiver), attempt)
    assert skipped.value.code == "webhook_not_called"
    assert not receiver.received


@pytest.mark.parametrize(("attempts", "heard"), [(1, False), (2, True)])
def test_only_later_tries_wait_long(
    receiver: Receiver,
    attempt: Attempts,
    monkeypatch: pytest.MonkeyPatch,
    attempts: int,
    heard: bool,  # noqa: FBT001
) -> None:
    """Many first tries to a receiver that hangs would hold up everybody."""
    monkeypatch.setattr(callback, "FIRST_SECONDS", 0.0)
    made = sent(ended(), receiver)
    if heard:
        post(made, attempt, attempts=attempts)
        assert receiver.received
        return
    with pytest.raises(Retryable):
        post(made, attempt, attempts=attempts)
