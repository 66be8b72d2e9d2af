"""One e-mail through SES v2, its refusals told apart by what the worker must do."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from command_api import Rejected, Retryable
from command_api.aws import client

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_VERIFIED = (
    "The sender is not verified in SES; in the SES sandbox, the recipient must be verified too."
)
_FOR_GOOD = {
    "MessageRejected": ("message_rejected", "SES rejected the content of the message."),
    "MailFromDomainNotVerifiedException": ("sender_not_verified", _NOT_VERIFIED),
    "NotFoundException": ("sender_not_verified", _NOT_VERIFIED),
    "BadRequestException": ("bad_email", "SES reports a malformed address or message."),
    "InvalidParameterValue": ("bad_email", "SES reports a malformed address or message."),
}
# What an operator can lift, or time: the command can be redriven afterwards.
_FOR_NOW = {
    "AccountSuspendedException": ("sending_paused", "SES sending is suspended for this account."),
    "SendingPausedException": ("sending_paused", "SES sending is paused."),
    "LimitExceededException": ("email_throttled", "The SES sending quota is exhausted."),
    "TooManyRequestsException": ("email_throttled", "SES is throttling requests."),
    "ThrottlingException": ("email_throttled", "SES is throttling requests."),
}
_TOO_MANY, _SERVER_ERROR = 429, 500


def send(message: Mapping[str, Any]) -> str:
    """Send, and return SES's id of the message.

    One call and no more: SES has no idempotency key, so botocore must not repeat a call whose
    answer got lost. Raises Rejected and Retryable, never with an address or a body in the text.
    """
    try:
        answer = client("sesv2", calls=1).send_email(**message)
    except ClientError as error:
        raise _verdict(error) from None
    except BotoCoreError:
        text = "SES is unreachable, or its response was lost."
        raise Retryable(text, code="email_unavailable", after=_pause(5)) from None
    return str(answer["MessageId"])


def _verdict(error: ClientError) -> Rejected | Retryable | ClientError:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    # SES says so in a text alone, and the text names addresses.
    if code == "MessageRejected" and "not verified" in error.response["Error"]["Message"].lower():
        return Rejected(_NOT_VERIFIED, code="sender_not_verified")
    if code in _FOR_GOOD:
        name, text = _FOR_GOOD[code]
        return Rejected(text, code=name)
    if code in _FOR_NOW or status == _TOO_MANY:
        name, text = _FOR_NOW.get(code, _FOR_NOW["ThrottlingException"])
        # The rate is counted by the second, the quota over 24 hours.
        return Retryable(text, code=name, after=_pause(5 if name == "email_throttled" else 300))
    if status >= _SERVER_ERROR:
        text = "SES returned an internal error."
        return Retryable(text, code="email_unavailable", after=_pause(5))
    return error


def _pause(seconds: float) -> float:
    """Between one and three times as long, so that a burst that was refused does not come back."""
    return seconds * random.uniform(1, 3)  # noqa: S311 - no secret hangs on it
