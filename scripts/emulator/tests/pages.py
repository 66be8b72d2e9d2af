"""A private bucket behind a CloudFront distribution, as tests need it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.client import Answer, send

if TYPE_CHECKING:
    from tests.aws import Aws

ACCOUNT = "000000000000"
NO_CACHE = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


@dataclass(frozen=True)
class Page:
    """A distribution and its bucket, on a port of this machine."""

    bucket: str
    distribution: str
    domain: str
    port: int

    @property
    def origin(self) -> str:
        """What a browser on this machine names the page."""
        return f"http://{self.domain.partition('.')[0]}.cloudfront.localhost:{self.port}"

    def get(self, path: str, host: str | None = None, method: str = "GET") -> Answer:
        """The distribution's answer; no DNS is asked for its name."""
        named = host or self.origin.partition("//")[2]
        return send(method, f"http://127.0.0.1:{self.port}{path}", headers={"host": named})


def page(aws: Aws, *, source: str | None = None, policy: dict[str, Any] | None = None) -> Page:
    """A page whose bucket lets `source` read, by default its own distribution."""
    name = f"page-{uuid4().hex[:8]}"
    s3, cloudfront = aws.client("s3"), aws.client("cloudfront")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="index.html", Body=b"<p>Welcome", ContentType="text/html")
    s3.put_object(Bucket=name, Key="404.html", Body=b"<p>Nothing", ContentType="text/html")
    control = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name,
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
    )["OriginAccessControl"]["Id"]
    created = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": name,
            "Comment": name,
            "Enabled": True,
            "DefaultRootObject": "index.html",
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "bucket",
                        "DomainName": f"{name}.s3.us-east-1.amazonaws.com",
                        "OriginAccessControlId": control,
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "bucket",
                "ViewerProtocolPolicy": "redirect-to-https",
                "CachePolicyId": NO_CACHE,
                "AllowedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
                **_headers(aws, name, policy),
            },
            "CustomErrorResponses": {
                "Quantity": 1,
                "Items": [
                    {"ErrorCode": 403, "ResponseCode": "404", "ResponsePagePath": "/404.html"}
                ],
            },
        }
    )["Distribution"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": source or created["ARN"]}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
    return Page(name, created["Id"], created["DomainName"], aws.emulator.port)


def _headers(aws: Aws, name: str, policy: dict[str, Any] | None) -> dict[str, str]:
    if policy is None:
        return {}
    created = aws.client("cloudfront").create_response_headers_policy(
        ResponseHeadersPolicyConfig={"Name": name, **policy}
    )
    return {"ResponseHeadersPolicyId": created["ResponseHeadersPolicy"]["Id"]}
