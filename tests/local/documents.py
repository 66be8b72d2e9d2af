"""Documents that AWS takes, for what tests make."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
CONSUME = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
    }
)


def distribution(name: str, access: str, headers: str) -> dict[str, Any]:
    """A page in a bucket, as a distribution puts it before the world."""
    origin = {
        "Id": "bucket",
        "DomainName": f"{name}.s3.amazonaws.com",
        "OriginAccessControlId": access,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    return {
        "CallerReference": uuid4().hex,
        "Comment": name,
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "bucket",
            "ViewerProtocolPolicy": "redirect-to-https",
            "ResponseHeadersPolicyId": headers,
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
    }
