"""`send_email`, from its failures to its success."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber

from command_api import Rejected, Retryable
from handlers import send_email
from tests.builders import fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api import JSON
    from tests.unit.attempts import Attempts

SENDER = "orders@example.com"
MAIL: dict[str, JSON] = {"to": "kim@example.org", "subject": "Grüße", "text": "Very private."}


@pytest.fixture(autouse=True)
def sender(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names a sender."""
    monkeypatch.setenv("EMAIL_SENDER", SENDER)


def test_an_environment_without_a_sender_sends_nothing(
    attempt: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying again would not give it one."""
    monkeypatch.delenv("EMAIL_SENDER")
    with pytest.raises(Rejected) as refusal:
        send_email.handle(MAIL, attempt())
    assert refusal.value.code == "email_not_configured"


def test_a_bad_address_is_rejected_before_ses_is_asked(attempt: Attempts) -> None:
    """Here there is no SES to ask."""
    with pytest.raises(Rejected) as refusal:
        send_email.handle({**MAIL, "to": "kim@example.org\r\nBcc: x@y.zz"}, attempt())
    assert refusal.value.code == "bad_address"


@pytest.mark.usefixtures("aws")
def test_an_unverified_sender_is_rejected_with_a_clear_text(attempt: Attempts) -> None:
    """The text says what to do, and names nobody."""
    with pytest.raises(Rejected) as refusal:
        send_email.handle(MAIL, attempt())
    assert refusal.value.code == "sender_not_verified"
    assert "The sender is not verified in SES" in refusal.value.message
    assert "@" not in refusal.value.message


@pytest.mark.parametrize(
    ("code", "status", "verdict", "expected"),
    [
        ("MessageRejected", 400, Rejected, "message_rejected"),
        ("MailFromDomainNotVerifiedException", 400, Rejected, "sender_not_verified"),
        ("BadRequestException", 400, Rejected, "bad_email"),
        ("TooManyRequestsException", 429, Retryable, "email_throttled"),
        ("LimitExceededException", 400, Retryable, "email_throttled"),
        ("SomethingNew", 429, Retryable, "email_throttled"),
        ("SendingPausedException", 400, Retryable, "sending_paused"),
        ("AccountSuspendedException", 400, Retryable, "sending_paused"),
        ("InternalFailure", 500, Retryable, "email_unavailable"),
        ("ServiceUnavailable", 503, Retryable, "email_unavailable"),
    ],
)
def test_a_refusal_says_what_the_worker_must_do(
    aws: Callable[..., Any],
    attempt: Attempts,
    code: str,
    status: int,
    verdict: type[Rejected | Retryable],
    expected: str,
) -> None:
    """What time or an operator can change is tried again, later; the rest is not."""
    with Stubber(aws("sesv2", calls=1)) as ses:
        ses.add_client_error("send_email", code, "about kim@example.org", status)
        with pytest.raises(verdict) as refusal:
            send_email.handle(MAIL, attempt())
    assert refusal.value.code == expected
    assert "kim" not in refusal.value.message
    if isinstance(refusal.value, Retryable):
        assert refusal.value.after is not None
        assert refusal.value.after >= 5
    assert not attempt.steps


def test_a_missing_grant_is_an_unexpected_error(aws: Callable[..., Any], attempt: Attempts) -> None:
    """It is the operator's to see, in the log, and the command waits for a redrive."""
    with Stubber(aws("sesv2", calls=1)) as ses:
        ses.add_client_error("send_email", "AccessDeniedException", http_status_code=403)
        with pytest.raises(ClientError):
            send_email.handle(MAIL, attempt())


def test_a_lost_answer_is_not_repeated_by_botocore(
    aws: Callable[..., Any], attempt: Attempts
) -> None:
    """SES has no idempotency key: only the worker repeats, where it is counted."""
    calls = []
    ses = aws("sesv2", calls=1)

    def lose(**_: object) -> None:
        calls.append(1)
        fail(ReadTimeoutError(endpoint_url="https://email"))

    ses.meta.events.register_first("before-send.sesv2", lose)
    with pytest.raises(Retryable) as refusal:
        send_email.handle(MAIL, attempt())
    assert (refusal.value.code, calls) == ("email_unavailable", [1])


def test_the_mail_is_sent_as_it_was_asked_for(aws: Callable[..., Any], attempt: Attempts) -> None:
    """Sender, recipient, subject, both bodies, and a header by which doubles can be told."""
    with Stubber(aws("sesv2", calls=1)) as ses:
        body = {"Text": content("Very private."), "Html": content("<p>Very</p>")}
        simple = {
            "Subject": content("Grüße"),
            "Body": body,
            "Headers": [{"Name": "X-Idempotency-Key", "Value": "c-1"}],
        }
        expected = {
            "FromEmailAddress": SENDER,
            "Destination": {"ToAddresses": ["kim@example.org"]},
            "Content": {"Simple": simple},
        }
        ses.add_response("send_email", {"MessageId": "m-7"}, expected)
        result = send_email.handle({**MAIL, "html": "<p>Very</p>"}, attempt())
    assert result == {"messageId": "m-7"}


def content(text: str) -> dict[str, str]:
    """A part of a message, as SES wants it."""
    return {"Data": text, "Charset": "UTF-8"}


def test_a_second_attempt_sends_nothing(aws: Callable[..., Any], attempt: Attempts) -> None:
    """The step's result is stored, and returned instead."""
    aws("sesv2").create_email_identity(EmailIdentity=SENDER)
    first = send_email.handle(MAIL, attempt())
    assert send_email.handle(MAIL, attempt(attempts=2)) == first
    assert aws("ses").get_send_statistics()["SendDataPoints"][0]["DeliveryAttempts"] == 1


def test_the_log_holds_neither_address_nor_body(
    aws: Callable[..., Any], attempt: Attempts, caplog: pytest.LogCaptureFixture
) -> None:
    """Not ours, and not botocore's at the level that functions log at."""
    aws("sesv2").create_email_identity(EmailIdentity=SENDER)
    with caplog.at_level(logging.INFO):
        send_email.handle(MAIL, attempt())
    logged = "".join(str(record.__dict__) for record in caplog.records)
    assert "e-mail handed to SES" in logged
    assert not [word for word in ("kim@", "example.org", "private", "Grüße") if word in logged]
