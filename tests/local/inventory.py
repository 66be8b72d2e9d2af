"""All that an account holds, as each service itself lists it, tagged or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.local.aws import Aws


def inventory(aws: Aws) -> set[str]:
    """Kind and name (or id) of everything that cleaning up could delete."""
    return {f"{kind}: {name}" for kind, names in _LISTS.items() for name in names(aws)}


def _names(service: str, operation: str, key: str, name: str) -> Callable[[Aws], Iterable[str]]:
    def listed(aws: Aws) -> Iterable[str]:
        pages = aws.client(service).get_paginator(operation).paginate()
        return [one[name] for page in pages for one in page.get(key, ())]

    return listed


def _keys(aws: Aws) -> Iterable[str]:
    kms = aws.client("kms")
    for one in kms.list_keys()["Keys"]:
        key = kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"]
        if key["KeyState"] != "PendingDeletion":
            yield key["KeyId"]


def _alarms(aws: Aws) -> Iterable[str]:
    found = aws.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return [one["AlarmName"] for one in (*found["MetricAlarms"], *found["CompositeAlarms"])]


def _of_cloudfront(operation: str, key: str) -> Callable[[Aws], Iterable[str]]:
    def listed(aws: Aws) -> Iterable[str]:
        page: dict[str, Any] = getattr(aws.client("cloudfront"), operation)()[key]
        found = [one.get("ResponseHeadersPolicy", one) for one in page.get("Items", ())]
        return [one["Id"] for one in found]

    return listed


def _queues(aws: Aws) -> Iterable[str]:
    return aws.client("sqs").list_queues().get("QueueUrls", [])  # type: ignore[no-any-return]


def _tables(aws: Aws) -> Iterable[str]:
    return aws.client("dynamodb").list_tables()["TableNames"]  # type: ignore[no-any-return]


_LISTS: dict[str, Callable[[Aws], Iterable[str]]] = {
    "mapping": _names("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "function": _names("lambda", "list_functions", "Functions", "FunctionName"),
    "http api": _names("apigatewayv2", "get_apis", "Items", "ApiId"),
    "rest api": _names("apigateway", "get_rest_apis", "items", "id"),
    "usage plan": _names("apigateway", "get_usage_plans", "items", "id"),
    "api key": _names("apigateway", "get_api_keys", "items", "id"),
    "rule": _names("events", "list_rules", "Rules", "Name"),
    "topic": _names("sns", "list_topics", "Topics", "TopicArn"),
    "bucket": _names("s3", "list_buckets", "Buckets", "Name"),
    "secret": _names("secretsmanager", "list_secrets", "SecretList", "Name"),
    "log group": _names("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "role": _names("iam", "list_roles", "Roles", "RoleName"),
    "alias": _names("kms", "list_aliases", "Aliases", "AliasName"),
    "dashboard": _names("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "distribution": _of_cloudfront("list_distributions", "DistributionList"),
    "access": _of_cloudfront("list_origin_access_controls", "OriginAccessControlList"),
    "headers": _of_cloudfront("list_response_headers_policies", "ResponseHeadersPolicyList"),
    "queue": _queues,
    "table": _tables,
    "alarm": _alarms,
    "key": _keys,
}
