"""Find what is, or claims to be, temporary: by tags, and by exact names where AWS has no tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts.aws_errors import explain
from scripts.cleanup.aws import GLOBAL, gone
from scripts.cleanup.kinds import KINDS, kind_of
from scripts.cleanup.kinds.kind import tag_map
from scripts.cleanup.label import Label, Stack, read
from scripts.cleanup.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scripts.cleanup.aws import Aws


def find(aws: Aws) -> list[Resource]:
    """Everything whose tag ``Environment`` names a temporary one, and the parts of such things."""
    found: list[Resource] = []
    for arn, tags in _tagged(aws).items():
        known = kind_of(arn)
        part_of = known[0].whole(arn) if known and known[0].whole else ""
        if read(tags) is None:
            # A part of something temporary that says otherwise is a reason to stop.
            if part_of:
                found.append(Resource(arn, "part", tags=tags, part_of=part_of))
        elif known is None:
            found.append(Resource(arn, _service(arn), tags=tags))
        elif one := _look(aws, arn, tags, part_of):
            found.append(one)
    stacks = {label.stack for one in found if isinstance(label := read(one.tags), Label)}
    return found + companions(aws, stacks)


def companions(aws: Aws, stacks: Iterable[Stack]) -> list[Resource]:
    """What AWS keeps no tags of, by the exact names that ``modules/naming`` gives to a stack."""
    dashboards = {stack.prefix: stack for stack in stacks}
    sites = {f"{stack.prefix}-site": stack for stack in stacks}
    if not dashboards:
        return []
    client = aws.client("cloudfront")
    named = [
        *(
            (aws.arn("cloudwatch", f"dashboard/{name}"), stack)
            for name, stack in dashboards.items()
        ),
        *(
            (aws.arn("cloudfront", f"origin-access-control/{one['Id']}"), sites[one["Name"]])
            for one in _items(client.list_origin_access_controls, "OriginAccessControlList")
            if one["Name"] in sites
        ),
        *(
            (aws.arn("cloudfront", f"response-headers-policy/{policy['Id']}"), sites[name])
            for one in _items(
                client.list_response_headers_policies,
                "ResponseHeadersPolicyList",
                Type="custom",
            )
            if (policy := one["ResponseHeadersPolicy"])
            and (name := policy["ResponseHeadersPolicyConfig"]["Name"]) in sites
        ),
    ]
    return [
        one
        for arn, stack in named
        if (one := _look(aws, arn, {}, "", belongs_to=stack)) is not None
    ]


def left_of(aws: Aws, pull: int, project: str | None) -> list[Resource]:
    """What is left of a pull request's stack, of one project or of all: nothing after its end.

    That is everything that has one of its tags, readable or not.
    """
    environment = f"pr-{pull}"
    left = {one.arn: one for one in find(aws) if _carries(one, environment, project)}
    if project is not None:
        # Of what has no tags only the name is known, and that begins with the project's.
        left |= {one.arn: one for one in companions(aws, [Stack(project, environment)])}
    return sorted(left.values(), key=lambda one: (one.rank, one.arn))


def _carries(one: Resource, environment: str, project: str | None) -> bool:
    if one.belongs_to is not None:
        return one.belongs_to.environment == environment and project in (
            None,
            one.belongs_to.project,
        )
    # Without a tag Project it may well be ours.
    ours = project is None or one.tags.get("Project", project) == project
    return ours and one.tags.get("Environment") == environment


def _tagged(aws: Aws) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    filters: list[tuple[str, dict[str, Any]]] = [(aws.region, {})]
    if aws.region != GLOBAL:
        filters.append((GLOBAL, {"ResourceTypeFilters": ["cloudfront"]}))
    for region, only in filters:
        pages = aws.client("resourcegroupstaggingapi", region).get_paginator("get_resources")
        for page in pages.paginate(TagFilters=[{"Key": "Environment"}], **only):
            for one in page["ResourceTagMappingList"]:
                found[one["ResourceARN"]] = tag_map(one["Tags"])
    for kind in KINDS:
        if kind.search is not None:
            found.update(kind.search(aws))
    return found


def _look(
    aws: Aws,
    arn: str,
    tags: Mapping[str, str],
    part_of: str,
    belongs_to: Stack | None = None,
) -> Resource | None:
    known = kind_of(arn)
    assert known is not None  # noqa: S101 - callers ask before
    kind, target = known
    names: tuple[str, ...] = ()
    try:
        # AWS lists tags for a while after their resource is gone.
        if (facts := kind.look(aws, target)) is None:
            return None
        names, obstacle = facts.names, facts.obstacle
    except ClientError as error:
        if gone(error):
            return None
        obstacle = f"cannot be looked at: {explain(error)}"
    except BotoCoreError as error:
        obstacle = f"cannot be looked at: {explain(error)}"
    return Resource(
        arn,
        kind.name,
        kind.rank,
        tags,
        names,
        obstacle,
        part_of,
        belongs_to,
    )


def _items(call: Callable[..., Any], key: str, **options: str) -> Iterator[dict[str, Any]]:
    marker: dict[str, str] = {}
    while True:
        page = call(**options, **marker)[key]
        yield from page.get("Items", ())
        if not page.get("NextMarker"):
            return
        marker = {"Marker": page["NextMarker"]}


def _service(arn: str) -> str:
    return arn.split(":")[2]
