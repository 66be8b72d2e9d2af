"""IAM roles, which the tagging API does not list, with their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.functions import MAYBE_TEMPORARY
from scripts.cleanup.kinds.kind import Facts, Kind, Target, tag_map
from scripts.cleanup.resource import LAST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.cleanup.aws import Aws


def _look(aws: Aws, target: Target) -> Facts | None:
    aws.client("iam").get_role(RoleName=target.id)
    profiles = aws.client("iam").list_instance_profiles_for_role(RoleName=target.id)
    used = "an instance profile uses it" if profiles["InstanceProfiles"] else ""
    return Facts((target.id,), used)


def _delete(aws: Aws, target: Target) -> None:
    client, role = aws.client("iam"), target.id
    for page in client.get_paginator("list_role_policies").paginate(RoleName=role):
        for name in page["PolicyNames"]:
            client.delete_role_policy(RoleName=role, PolicyName=name)
    for page in client.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for one in page["AttachedPolicies"]:
            client.detach_role_policy(RoleName=role, PolicyArn=one["PolicyArn"])
    client.delete_role(RoleName=role)


def _search(aws: Aws) -> Iterator[tuple[str, Mapping[str, str]]]:
    client = aws.client("iam")
    for page in client.get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            if MAYBE_TEMPORARY.search(role["RoleName"]):
                tags = client.get_paginator("list_role_tags").paginate(RoleName=role["RoleName"])
                yield role["Arn"], tag_map(tag for one in tags for tag in one["Tags"])


KINDS = (Kind("role", LAST, r"iam:role/(?:.+/)?([^/]+)", _look, _delete, search=_search),)
