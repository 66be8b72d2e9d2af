"""EventBridge rules on the default bus, with their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cleanup.kinds.kind import Facts, Kind, Target

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws


def _look(aws: Aws, target: Target) -> Facts | None:
    aws.client("events").describe_rule(Name=target.id)
    return Facts((target.id,))


def _delete(aws: Aws, target: Target) -> None:
    client = aws.client("events")
    while targets := client.list_targets_by_rule(Rule=target.id)["Targets"]:
        answer = client.remove_targets(Rule=target.id, Ids=[one["Id"] for one in targets])
        if answer["FailedEntryCount"]:
            break  # AWS then refuses to delete the rule, and says why
    client.delete_rule(Name=target.id)


KINDS = (Kind("rule", 5, r"events:rule/([^/]+)", _look, _delete),)
