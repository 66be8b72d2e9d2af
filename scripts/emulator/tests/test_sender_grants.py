"""Sending mail through SES under IAM, as on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.aws import Aws

IDENTITY = "arn:aws:ses:us-east-1:000000000000:identity/"


def grant(resource: str, **changes: Any) -> dict[str, Any]:
    """An allowing statement for one identity."""
    return {"Effect": "Allow", "Action": ["ses:SendEmail"], "Resource": [resource], **changes}


def only(sender: str) -> dict[str, Any]:
    """The condition that a sender is this one."""
    return {"Condition": {"StringEquals": {"ses:FromAddress": sender}}}


def send(aws: Aws, sender: str, statement: dict[str, Any]) -> str:
    """Send as a role with this statement and no other."""
    role = aws.role("lambda.amazonaws.com", statement)
    key = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session = aws.session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
    ses: Any = session.client("sesv2", endpoint_url=aws.emulator.endpoint)
    answer = ses.send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": ["kim@example.com"]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    )
    return str(answer["MessageId"])


@pytest.fixture(autouse=True)
def identities(aws: Aws) -> None:
    """SES knows an address and a domain."""
    for name in ("orders@example.net", "example.com"):
        if not any(it["IdentityName"] == name for it in known(aws)):
            aws.client("sesv2").create_email_identity(EmailIdentity=name)


def known(aws: Aws) -> list[Any]:
    """What SES knows already."""
    found: list[Any] = aws.client("sesv2").list_email_identities()["EmailIdentities"]
    return found


@pytest.mark.parametrize(
    ("sender", "statement"),
    [
        ("orders@example.net", grant(IDENTITY + "orders@example.net")),
        ("orders@example.net", grant(IDENTITY + "*", **only("orders@example.net"))),
        ("orders@example.com", grant(IDENTITY + "example.com", **only("orders@example.com"))),
    ],
)
def test_a_role_sends_as_the_sender_that_it_may(
    aws: Aws, sender: str, statement: dict[str, Any]
) -> None:
    """By address, by domain, and with a condition."""
    assert send(aws, sender, statement)


@pytest.mark.parametrize(
    ("sender", "statement"),
    [
        ("orders@example.com", grant(IDENTITY + "orders@example.net")),
        ("ceo@example.com", grant(IDENTITY + "example.com", **only("orders@example.com"))),
        ("orders@example.com", grant(IDENTITY + "example.com", Effect="Deny")),
        ("orders@example.com", grant(IDENTITY + "example.com", Action=["ses:SendRawEmail"])),
        (
            "orders@example.com",
            grant(IDENTITY + "example.com", Condition={"StringLike": {"ses:Recipients": "*"}}),
        ),
    ],
)
def test_a_role_sends_as_nobody_else(aws: Aws, sender: str, statement: dict[str, Any]) -> None:
    """Another identity, another sender, a denial, another action, and a condition not known."""
    with pytest.raises(ClientError, match="AccessDenied"):
        send(aws, sender, statement)
