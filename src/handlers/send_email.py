"""`send_email`: one e-mail through SES, from the sender that the environment names.

docs/examples/send_email.md says what a client may expect.
"""

import os
from collections.abc import Mapping
from typing import TypedDict, cast

from command_api import JSON, Context, Rejected
from handlers.mail.address import is_address


class Input(TypedDict, total=False):
    """What send_email.schema.json has let through; `html` may be missing."""

    to: str
    subject: str
    text: str
    html: str


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Send the e-mail once and return SES's id of it."""
    mail = cast("Input", command_input)
    sender = os.environ.get("EMAIL_SENDER")
    if not sender:
        raise Rejected("E-mail is disabled in this environment.", code="email_not_configured")
    if not is_address(mail["to"]):
        raise Rejected("`to` is not an address that SES accepts.", code="bad_address")
    message = _message(mail, sender, context.idempotency_key)
    return context.once("sent", lambda: _send(message, context))


def _send(message: Mapping[str, object], context: Context) -> JSON:
    from handlers.mail.ses import send  # noqa: PLC0415 - botocore costs a cold start

    message_id = send(message)
    context.logger.info("e-mail handed to SES", extra={"ses_message_id": message_id})
    return {"messageId": message_id}


def _message(mail: Input, sender: str, key: str) -> Mapping[str, object]:
    body = {"Text": _content(mail["text"])}
    if "html" in mail:
        body["Html"] = _content(mail["html"])
    return {
        "FromEmailAddress": sender,
        "Destination": {"ToAddresses": [mail["to"]]},
        "Content": {
            "Simple": {
                "Subject": _content(mail["subject"]),
                "Body": body,
                # SES takes no idempotency key; with this whoever receives twice can tell.
                "Headers": [{"Name": "X-Idempotency-Key", "Value": key}],
            }
        },
    }


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
