"""What a plan would do, counted from Terraform's own JSON.

https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What holds data that nothing can make again. Logs and code are not among it.
STATEFUL = frozenset(
    {
        "aws_dynamodb_table",
        "aws_kms_key",
        "aws_s3_bucket",
        "aws_secretsmanager_secret",
        "aws_sqs_queue",
    }
)


@dataclass(frozen=True)
class Changes:
    """How many resources are added, changed and destroyed; a replacement counts twice.

    ``lost``: addresses of resources with data that would be destroyed or replaced.
    ``drifted``: how many resources differ from the state, which is somebody's change by hand.
    ``warnings``: what `check` blocks say that do not hold.
    """

    add: int = 0
    change: int = 0
    destroy: int = 0
    lost: tuple[str, ...] = ()
    drifted: int = 0
    warnings: tuple[str, ...] = ()


def read_changes(plan: Mapping[str, Any]) -> Changes:
    """Count what ``terraform show -json`` says of a saved plan."""
    changes = [it for it in plan.get("resource_changes", ()) if it.get("mode") == "managed"]
    actions = [(it, set(it["change"]["actions"])) for it in changes]
    return Changes(
        add=_count("create", (which for _, which in actions)),
        change=_count("update", (which for _, which in actions)),
        destroy=_count("delete", (which for _, which in actions)),
        lost=tuple(
            str(it["address"])
            for it, which in actions
            if "delete" in which and it["type"] in STATEFUL
        ),
        drifted=sum(it.get("mode") == "managed" for it in plan.get("resource_drift", ())),
        warnings=tuple(
            str(problem["message"])
            for it in plan.get("checks", ())
            if it["address"]["kind"] == "check" and it["status"] == "fail"
            for instance in it.get("instances", ())
            for problem in instance.get("problems", ())
        ),
    )


def _count(action: str, planned: Iterable[set[str]]) -> int:
    return sum(action in which for which in planned)
