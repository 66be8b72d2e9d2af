"""Random mixes of tags on real resources: what goes is what was made to go, and all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.local.inventory import inventory
from tests.local.temporary import Maker

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.aws import Aws
    from tests.local.cleaning import Result

GOOD = {
    "Environment": "pr-7",
    "PullRequest": "7",
    "CreatedAt": "2020-01-01T00:00:00Z",
    "TtlHours": "1",
}
# Each makes a resource a decoy, alone or with others; "" takes the tag away.
SPOILERS = st.sampled_from(
    [
        {"Environment": "production"},
        {"Environment": "dev"},
        {"Environment": "pr-8"},
        {"Environment": ""},
        {"PullRequest": "70"},
        {"PullRequest": ""},
        {"CreatedAt": "last week"},
        {"CreatedAt": ""},
        {"TtlHours": "-1"},
        {"TtlHours": ""},
        {"Project": "somebody-else"},
        {"environment": "prod"},
    ]
)
MIXES = st.lists(
    st.tuples(
        st.sampled_from(["queue", "table", "bucket", "log_group", "role"]),
        st.lists(SPOILERS, max_size=2),
    ),
    min_size=2,
    max_size=6,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mixes=MIXES)
def test_only_what_was_made_to_go_goes(
    aws: Aws, run: Callable[..., Result], mixes: list[tuple[str, list[dict[str, str]]]]
) -> None:
    """One run removes everything with agreeing tags, and nothing beside it."""
    project = f"acme-{uuid4().hex[:8]}"
    before = inventory(aws)
    decoys: list[tuple[str, Maker]] = []
    temporary: list[tuple[str, Maker]] = []
    for number, (kind, drawn) in enumerate(mixes):
        # IAM, unlike the others, takes no two keys that differ by case only.
        spoilers = [one for one in drawn if kind != "role" or "environment" not in one]
        tags = {**GOOD, "Project": project}
        for spoiler in spoilers:
            tags |= spoiler
        tags = {key: value for key, value in tags.items() if value}
        maker = Maker(aws, f"{project}-pr-7-{number}", "", tags)
        (decoys if spoilers else temporary).append((kind, maker))
    for kind, maker in decoys:
        getattr(maker, kind)()
    expected = inventory(aws)
    for kind, maker in temporary:
        getattr(maker, kind)()
    assert len(inventory(aws) - expected) == len(temporary)
    run("--apply", "--open-prs", "3", "--project", project)
    assert inventory(aws) == expected
    _remove(aws, inventory(aws) - before)


def _remove(aws: Aws, left: set[str]) -> None:
    """The decoys of one example, so that they do not slow the next one."""
    for one in left:
        kind, _, name = one.partition(": ")
        if kind == "queue":
            aws.client("sqs").delete_queue(QueueUrl=name)
        elif kind == "table":
            aws.client("dynamodb").delete_table(TableName=name)
        elif kind == "log group":
            aws.client("logs").delete_log_group(logGroupName=name)
