"""Which kind of resource an ARN is of."""

from __future__ import annotations

import pytest

from scripts.cleanup.kinds import KINDS, kind_of


@pytest.mark.parametrize(
    ("arn", "kind"),
    [
        ("arn:aws:lambda:r:1:event-source-mapping:a-b", "event source mapping"),
        ("arn:aws:lambda:r:1:function:acme", "function"),
        ("arn:aws:events:r:1:rule/acme", "rule"),
        ("arn:aws:apigateway:r::/apis/a1", "HTTP API"),
        ("arn:aws:apigateway:r::/apis/a1/stages/$default", "stage"),
        ("arn:aws:apigateway:r::/restapis/a1", "REST API"),
        ("arn:aws:apigateway:r::/restapis/a1/stages/live", "REST stage"),
        ("arn:aws:apigateway:r::/usageplans/a1", "usage plan"),
        ("arn:aws:apigateway:r::/apikeys/a1", "API key"),
        ("arn:aws:cloudfront::1:distribution/E1", "distribution"),
        ("arn:aws:cloudwatch:r:1:alarm:acme", "alarm"),
        ("arn:aws:sns:r:1:acme", "topic"),
        ("arn:aws:sqs:r:1:acme.fifo", "queue"),
        ("arn:aws:dynamodb:r:1:table/acme", "table"),
        ("arn:aws:s3:::acme", "bucket"),
        ("arn:aws:kms:r:1:key/a-b", "key"),
        ("arn:aws:secretsmanager:r:1:secret:/pr-7/acme/x-AbCdEf", "secret"),
        ("arn:aws:logs:r:1:log-group:/aws/lambda/acme", "log group"),
        ("arn:aws:logs:r:1:log-group:/aws/lambda/acme:*", "log group"),
        ("arn:aws:iam::1:role/path/acme", "role"),
        # Near relatives that must not be taken for one of these.
        ("arn:aws:sns:r:1:acme:subscription-id", None),
        ("arn:aws:dynamodb:r:1:table/acme/backup/1", None),
        ("arn:aws:events:r:1:rule/other-bus/acme", None),
        ("arn:aws:events:r:1:event-bus/acme", None),
        ("arn:aws:apigateway:r::/domainnames/acme.example.com", None),
        ("arn:aws:lambda:r:1:layer:acme:1", None),
        ("arn:aws:iam::1:policy/acme", None),
    ],
)
def test_an_arn_is_of_one_kind_or_none(arn: str, kind: str | None) -> None:
    """Each is recognised by exactly one kind."""
    assert [one.name for one in KINDS if one.target(arn)] == ([kind] if kind else [])
    known = kind_of(arn)
    assert (known[0].name if known else None) == kind
