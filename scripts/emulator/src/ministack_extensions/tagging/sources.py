"""Resources with tags that the emulator keeps and does not list, asked of their own services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ministack_extensions.http import Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from ministack_extensions.upstream import Emulator

Tagged = tuple[str, "Mapping[str, str]"]


async def unlisted(emulator: Emulator, region: str) -> AsyncIterator[Tagged]:
    """ARN and tags of secrets, log groups, alarms and everything of API Gateway."""
    for source in (_secrets, _log_groups, _alarms, _http_apis, _rest_apis):
        async for one in source(emulator, region):
            yield one


async def _secrets(emulator: Emulator, region: str) -> AsyncIterator[Tagged]:
    listed = _pages(emulator, region, "secretsmanager", "secretsmanager.ListSecrets", "NextToken")
    async for page in listed:
        for secret in page.get("SecretList", ()):
            yield secret["ARN"], _by_key(secret.get("Tags"))


async def _log_groups(emulator: Emulator, region: str) -> AsyncIterator[Tagged]:
    operation = "Logs_20140328.{}".format
    async for page in _pages(emulator, region, "logs", operation("DescribeLogGroups"), "nextToken"):
        for group in page.get("logGroups", ()):
            arn = group["arn"].removesuffix(":*")
            answer = await emulator.json_api(
                "logs", region, operation("ListTagsForResource"), {"resourceArn": arn}
            )
            yield arn, answer.json().get("tags", {})


async def _alarms(emulator: Emulator, region: str) -> AsyncIterator[Tagged]:
    operation = "GraniteServiceVersion20100801.{}".format
    kinds = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    named = operation("DescribeAlarms")
    async for page in _pages(emulator, region, "monitoring", named, "NextToken", kinds):
        for alarm in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())):
            answer = await emulator.json_api(
                "monitoring",
                region,
                operation("ListTagsForResource"),
                {"ResourceARN": alarm["AlarmArn"]},
            )
            yield alarm["AlarmArn"], _by_key(answer.json().get("Tags"))


async def _http_apis(emulator: Emulator, region: str) -> AsyncIterator[Tagged]:
    async for api in _items(emulator, region, "/v2/apis", "items", "nextToken"):
        path = f"/apis/{api['apiId']}"
        yield _gateway_arn(region, path), api.get("tags") or {}
        async for stage in _items(emulator, region, f"/v2{path}/stages", "items", "nextToken"):
            arn = _gateway_arn(region, f"{path}/stages/{stage['stageName']}")
            yield arn, stage.get("tags") or {}


async def _rest_apis(emulator: Emulator, region: str) -> AsyncIterator[Tagged]:
    for kind in ("restapis", "usageplans", "apikeys"):
        async for one in _items(emulator, region, f"/{kind}", "item", "position"):
            path = f"/{kind}/{one['id']}"
            yield _gateway_arn(region, path), one.get("tags") or {}
            if kind == "restapis":
                async for stage in _items(emulator, region, f"{path}/stages", "item", "position"):
                    arn = _gateway_arn(region, f"{path}/stages/{stage['stageName']}")
                    yield arn, stage.get("tags") or {}


async def _pages(
    emulator: Emulator,
    region: str,
    service: str,
    operation: str,
    token: str,
    wanted: Mapping[str, Any] | None = None,
) -> AsyncIterator[dict[str, Any]]:
    document = dict(wanted or {})
    while True:
        page = (await emulator.json_api(service, region, operation, document)).json()
        yield page
        if not page.get(token):
            return
        document[token] = page[token]


async def _items(
    emulator: Emulator, region: str, path: str, key: str, token: str
) -> AsyncIterator[dict[str, Any]]:
    query: dict[str, str] = {}
    while True:
        request = Request("GET", path, query=urlencode(query))
        page = (await emulator.call(emulator.signed("apigateway", region, request))).json()
        for one in page.get(key, ()):
            yield one
        if not page.get(token):
            return
        query = {token: page[token]}


def _gateway_arn(region: str, path: str) -> str:
    return f"arn:aws:apigateway:{region}::{path}"


def _by_key(tags: list[Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}
