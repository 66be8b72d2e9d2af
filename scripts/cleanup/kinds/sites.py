"""CloudFront: distributions, and what they use that has no tags of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target, call, named
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws

POLL_SECONDS = 5.0


def _look_at_distribution(aws: Aws, target: Target) -> Facts | None:
    config = aws.client("cloudfront").get_distribution_config(Id=target.id)["DistributionConfig"]
    # A distribution has no name; ours has one in its comment.
    return Facts((config["Comment"],) if config["Comment"] else ())


def _delete_distribution(aws: Aws, target: Target) -> None:
    client = aws.client("cloudfront")
    found = client.get_distribution_config(Id=target.id)
    if found["DistributionConfig"]["Enabled"]:
        config = {**found["DistributionConfig"], "Enabled": False}
        client.update_distribution(Id=target.id, IfMatch=found["ETag"], DistributionConfig=config)
    deadline = time.monotonic() + aws.wait
    while (now := client.get_distribution(Id=target.id))["Distribution"]["Status"] != "Deployed":
        if time.monotonic() >= deadline:
            raise OperatorError(
                "it is being disabled, which takes CloudFront minutes; run it again"
            )
        time.sleep(POLL_SECONDS)
    client.delete_distribution(Id=target.id, IfMatch=now["ETag"])


def _delete_access(aws: Aws, target: Target) -> None:
    client = aws.client("cloudfront")
    etag = client.get_origin_access_control_config(Id=target.id)["ETag"]
    client.delete_origin_access_control(Id=target.id, IfMatch=etag)


def _delete_headers(aws: Aws, target: Target) -> None:
    client = aws.client("cloudfront")
    etag = client.get_response_headers_policy_config(Id=target.id)["ETag"]
    client.delete_response_headers_policy(Id=target.id, IfMatch=etag)


KINDS = (
    Kind(
        "distribution",
        30,
        r"cloudfront:distribution/([^/]+)",
        _look_at_distribution,
        _delete_distribution,
    ),
    Kind(
        "origin access control",
        31,
        r"cloudfront:origin-access-control/([^/]+)",
        named(
            call("cloudfront", "get_origin_access_control_config", "Id"),
            "OriginAccessControlConfig",
            "Name",
        ),
        _delete_access,
    ),
    Kind(
        "response headers policy",
        31,
        r"cloudfront:response-headers-policy/([^/]+)",
        named(
            call("cloudfront", "get_response_headers_policy_config", "Id"),
            "ResponseHeadersPolicyConfig",
            "Name",
        ),
        _delete_headers,
    ),
)
