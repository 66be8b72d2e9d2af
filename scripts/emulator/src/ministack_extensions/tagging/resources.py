"""GetResources lists all that is tagged, in pages, and global resources in one region only.

AWS: the Resource Groups Tagging API reference, GetResources, and the services that it
supports. IAM roles are not among them, and untagged resources are not listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack_extensions.http import json_response
from ministack_extensions.tagging.sources import unlisted
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.http import Request, Response
    from ministack_extensions.scheduler.schedules import Schedules
    from ministack_extensions.upstream import Emulator

_TARGET = "ResourceGroupsTaggingAPI_20170126.GetResources"
_JSON = "application/x-amz-json-1.1"
_GLOBAL_REGION = "us-east-1"
_PER_PAGE, _MOST = 50, 100


@dataclass(frozen=True)
class TaggedResources:
    """Adds what the emulator leaves out, takes away what AWS would, and turns pages."""

    schedules: Schedules

    def matches(self, request: Request) -> bool:
        """The one call that lists resources."""
        return request.header("x-amz-target") == _TARGET

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """One page of everything that fits the filters."""
        wanted = request.json()
        answer = await emulator.call(request)
        if not answer.ok:
            return answer
        region, _ = signed_for(request)
        found = {
            one["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]}
            for one in answer.json()["ResourceTagMappingList"]
        }
        async for arn, tags in unlisted(emulator, region):
            if _fits(arn, tags, wanted):
                found[arn] = dict(tags)
        for arn, tags in self.schedules.tagged(region):
            if _fits(arn, tags, wanted):
                found[arn] = dict(tags)
        listed = sorted(
            (arn, tags) for arn, tags in found.items() if tags and _listed_in(arn, region)
        )
        return _page(listed, wanted)


def _fits(arn: str, tags: Mapping[str, str], wanted: Mapping[str, Any]) -> bool:
    arns, types = wanted.get("ResourceARNList"), wanted.get("ResourceTypeFilters")
    if arns and arn not in arns:
        return False
    if types and not any(_of_type(arn, one) for one in types):
        return False
    return all(
        one["Key"] in tags and (not one.get("Values") or tags[one["Key"]] in one["Values"])
        for one in wanted.get("TagFilters", ())
    )


def _of_type(arn: str, wanted: str) -> bool:
    _, _, service, _, _, resource = arn.split(":", 5)
    wanted_service, _, kind = wanted.partition(":")
    named = resource.lstrip("/").replace("/", ":").partition(":")[0]
    return service == wanted_service and kind in ("", named)


def _listed_in(arn: str, region: str) -> bool:
    return not arn.startswith("arn:aws:cloudfront:") or region == _GLOBAL_REGION


def _page(listed: list[tuple[str, dict[str, str]]], wanted: Mapping[str, Any]) -> Response:
    size = wanted.get("ResourcesPerPage", _PER_PAGE)
    token = wanted.get("PaginationToken") or "0"
    if not (isinstance(size, int) and 1 <= size <= _MOST and token.isdecimal()):
        error = {"__type": "InvalidParameterException", "message": "not a page of this list"}
        return json_response(400, error, _JSON)
    end = int(token) + size
    rows = [
        {"ResourceARN": arn, "Tags": [{"Key": key, "Value": tags[key]} for key in tags]}
        for arn, tags in listed[int(token) : end]
    ]
    following = str(end) if end < len(listed) else ""
    document = {"PaginationToken": following, "ResourceTagMappingList": rows}
    return json_response(200, document, _JSON)
