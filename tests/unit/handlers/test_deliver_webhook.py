"""`deliver_webhook`: what each answer means, and what a receiver gets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from command_api import Rejected, Retryable
from handlers import deliver_webhook
from tests.builders import NOW
from tests.unit.webhooks.delivery import HOST, reachable, url_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.attempts import Attempts
    from tests.unit.webhooks.receiver import Receiver

PAYLOAD = {"order": "o-1", "name": "Grüße"}


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver that the environment allows."""
    with reachable(monkeypatch) as it:
        yield it


def deliver(receiver: Receiver, attempt: Attempts, **changes: Any) -> Any:
    """Deliver the payload."""
    return deliver_webhook.handle({"url": url_of(receiver), "payload": PAYLOAD}, attempt(**changes))


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, attempt: Attempts, status: int) -> None:
    """It could lead anywhere, this machine's neighbours included."""
    receiver.status = status
    receiver.headers["Location"] = f"http://{HOST}:{receiver.port}/elsewhere"
    with pytest.raises(Rejected) as refusal:
        deliver(receiver, attempt)
    assert refusal.value.code == "webhook_redirected"
    assert len(receiver.received) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422, 451, 700])
def test_a_refusal_is_final(receiver: Receiver, attempt: Attempts, status: int) -> None:
    """The same request would be refused again."""
    receiver.status = status
    with pytest.raises(Rejected) as refusal:
        deliver(receiver, attempt)
    assert refusal.value.code == "webhook_refused"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_a_bad_moment_is_tried_again(receiver: Receiver, attempt: Attempts, status: int) -> None:
    """With the worker's own backoff where the receiver names no time."""
    receiver.status = status
    with pytest.raises(Retryable) as refusal:
        deliver(receiver, attempt)
    assert (refusal.value.code, refusal.value.after) == ("webhook_try_later", None)
    assert not attempt.steps


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("120", 120),
        ("0", None),
        ("Wed, 02 Jan 2030 03:05:05 GMT", 60),
        ("Wed, 02 Jan 2030 03:05:05 -0000", 60),
        ("Wed, 02 Jan 2019 03:05:05 GMT", None),
        ("86400", 86400),
        ("Thu, 03 Jan 2030 03:04:05 GMT", 86400),
        ("99999999", None),
        ("9" * 400, None),
        ("0" * 60_000, None),
        ("-" * 60_000, None),
        ("Mon, 1 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 1 Jan 2024 00:00:00 +99999999999999999999", None),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("\xb2", None),
        ("NaN", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("Mon, 1 Jan 0001 00:00:00 +2359", None),
        (", , , , ", None),
        ("1.5", None),
    ],
)
def test_retry_after_is_honoured(
    receiver: Receiver, attempt: Attempts, header: str, after: float | None
) -> None:
    """As seconds or as a date; what names no wait of up to a year counts as silence."""
    receiver.status, receiver.headers["Retry-After"] = 503, header
    with pytest.raises(Retryable) as refusal:
        deliver(receiver, attempt)
    assert (refusal.value.at_least, refusal.value.after) == (after, None)


def test_an_attempt_without_time_sends_nothing(receiver: Receiver, attempt: Attempts) -> None:
    """It would be cut off, and nobody would know whether it arrived."""
    attempt.seconds = 1
    with pytest.raises(Retryable) as refusal:
        deliver(receiver, attempt)
    assert (refusal.value.code, receiver.received) == ("webhook_no_time", [])


def test_this_machine_is_closed_unless_the_environment_opens_it(
    receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No message can."""
    monkeypatch.delenv("WEBHOOK_ALLOW_LOOPBACK")
    with pytest.raises(Rejected) as refusal:
        deliver(receiver, attempt)
    assert (refusal.value.code, receiver.received) == ("webhook_address_refused", [])


def test_the_payload_arrives_with_its_key_and_its_host(
    receiver: Receiver, attempt: Attempts
) -> None:
    """Unsigned where the environment names no secret."""
    assert deliver(receiver, attempt) == {"status": 200}
    path, headers, body = receiver.received[0]
    assert (path, json.loads(body)) == ("/private-path?token=private-token", PAYLOAD)
    assert headers["Host"] == f"{HOST}:{receiver.port}"
    assert headers["Content-Type"] == "application/json"
    assert (headers["Idempotency-Key"], headers["webhook-id"]) == ('"c-1"', "c-1")
    assert headers["webhook-signature"] is None


def test_a_signature_proves_id_time_and_body(
    receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a receiver that follows Standard Webhooks checks it."""
    monkeypatch.setenv("WEBHOOK_SECRET", "webhook-signing-key")
    deliver(receiver, attempt)
    _, headers, body = receiver.received[0]
    content = f"c-1.{int(NOW.timestamp())}.".encode() + body
    expected = hmac.new(b"secret-secret-secret", content, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()


def test_a_missing_secret_sends_nothing(
    receiver: Receiver, attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unsigned delivery would be refused, or worse, believed."""
    monkeypatch.setenv("WEBHOOK_SECRET", "nobody-seeded-this")
    with pytest.raises(Retryable) as refusal:
        deliver(receiver, attempt)
    assert (refusal.value.code, receiver.received) == ("secret_unavailable", [])


def test_a_delivery_is_not_repeated(receiver: Receiver, attempt: Attempts) -> None:
    """A second attempt returns what the first one stored."""
    deliver(receiver, attempt)
    assert deliver(receiver, attempt, attempts=2) == {"status": 200}
    assert len(receiver.received) == 1


def test_the_log_names_the_host_and_no_more(
    receiver: Receiver, attempt: Attempts, caplog: pytest.LogCaptureFixture
) -> None:
    """Path and query may hold a credential."""
    with caplog.at_level(logging.DEBUG):
        deliver(receiver, attempt)
    logged = "".join(str(record.__dict__) for record in caplog.records)
    assert HOST in logged
    assert "private" not in logged
    assert "o-1" not in logged
