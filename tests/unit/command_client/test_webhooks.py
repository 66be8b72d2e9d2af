"""Receivers verify webhooks as the Standard Webhooks specification says."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from command_client import InvalidWebhook, verify_webhook

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
BODY = '{"type": "command.completed", "data": {"id": "grüße"}}'


def signed(body: str = BODY, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """The headers that the official library would send."""
    signature = Webhook(secret).sign("msg_1", at, body)
    return {
        "Webhook-Id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def verified(body: str | bytes = BODY, secret: str = SECRET, **headers: str) -> Any:
    """What the client says, at that time, with some headers changed."""
    given = {**signed(), **{name.replace("_", "-"): value for name, value in headers.items()}}
    given = {name: value for name, value in given.items() if value}
    return verify_webhook(body, given, secret, now=NOW.timestamp())


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + " "},
        {"body": BODY.replace("completed", "failed")},
        {"secret": OTHER},
        {"Webhook_Id": "msg_2"},
        {"Webhook_Id": ""},
        {"webhook_timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook_timestamp": ""},
        {"webhook_signature": ""},
        {"webhook_signature": "v1,"},
        {"webhook_signature": "v1,é"},
        {"webhook_signature": signed()["webhook-signature"].removeprefix("v1,")},
        {"webhook_signature": signed()["webhook-signature"].replace("v1,", "v1a,")},
        {"webhook_signature": signed()["webhook-signature"][:-4]},
    ],
)
def test_what_the_sender_did_not_sign_is_refused(change: dict[str, Any]) -> None:
    """And the error quotes neither the body nor the secret."""
    with pytest.raises(InvalidWebhook) as refused:
        verified(**change)
    assert "completed" not in str(refused.value)
    assert "whsec" not in str(refused.value)


@pytest.mark.parametrize(("seconds", "fits"), [(-301, 0), (-300, 1), (300, 1), (301, 0)])
def test_an_old_webhook_is_no_webhook(seconds: int, fits: int) -> None:
    """Whoever has recorded one cannot send it later; clocks may differ by five minutes."""
    now = NOW.timestamp() + seconds
    if fits:
        assert verify_webhook(BODY, signed(), SECRET, now=now) == json.loads(BODY)
        return
    with pytest.raises(InvalidWebhook, match="clock"):
        verify_webhook(BODY, signed(), SECRET, now=now)


@pytest.mark.parametrize("stamp", ["1e9", "-1", "\u0661", "soon", "1.0"])
def test_a_time_that_is_none_is_refused_though_it_is_signed(stamp: str) -> None:
    """Numbers of seconds only."""
    own = hmac.digest(b"k" * 32, f"msg_1.{stamp}.{BODY}".encode(), "sha256")
    with pytest.raises(InvalidWebhook, match="number of seconds"):
        verified(webhook_timestamp=stamp, webhook_signature=f"v1,{base64.b64encode(own).decode()}")


def test_one_of_several_signatures_is_enough() -> None:
    """While keys are rotated, there is one of each."""
    both = f"{signed(secret=OTHER)['webhook-signature']} {signed()['webhook-signature']} v2,x"
    assert verified(webhook_signature=both) == json.loads(BODY)
    assert verified(secret=OTHER, webhook_signature=both) == json.loads(BODY)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%%%", "s3cret!"])
def test_a_secret_that_is_none_is_a_mistake_of_ones_own(secret: str) -> None:
    """No webhook is to blame, and the secret stays out of the error."""
    with pytest.raises(ValueError, match="base64") as wrong:
        verified(secret=secret)
    assert not isinstance(wrong.value, InvalidWebhook)
    assert secret in ("", "whsec_") or secret not in str(wrong.value)


def test_a_body_that_is_no_json_is_refused() -> None:
    """Though it is signed."""
    with pytest.raises(InvalidWebhook, match="not JSON"):
        verified("{", webhook_signature=signed("{")["webhook-signature"])


@given(st.text(), st.text(alphabet="abc_-0123", min_size=1), st.binary(min_size=24, max_size=64))
def test_it_takes_what_the_official_library_takes(text: str, webhook_id: str, key: bytes) -> None:
    """Whatever is signed by either is genuine to both, and nothing else is."""
    body, secret = json.dumps({"text": text}), f"whsec_{base64.b64encode(key).decode()}"
    at = datetime.now(UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body),
    }
    assert verify_webhook(body.encode(), headers, secret) == {"text": text}
    assert Webhook(secret).verify(body, headers) == {"text": text}
    with pytest.raises(InvalidWebhook):
        verify_webhook(body + " ", headers, secret)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + " ", headers)
