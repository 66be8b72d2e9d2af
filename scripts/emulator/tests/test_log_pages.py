"""A group's log events are read to the newest, page by page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.aws import Aws

NOW = int(time.time() * 1000)


def written(aws: Aws, *times: Sequence[int]) -> str:
    """A group with a stream for each of these; the events are called by their place."""
    logs, group = aws.client("logs"), f"/acme/{uuid4().hex}"
    logs.create_log_group(logGroupName=group)
    for stream, ages in enumerate(times):
        logs.create_log_stream(logGroupName=group, logStreamName=f"s{stream}")
        events = [
            {"timestamp": NOW + at, "message": f"{stream}/{number}"}
            for number, at in enumerate(ages)
        ]
        for begin in range(0, len(events), 5_000):
            logs.put_log_events(
                logGroupName=group,
                logStreamName=f"s{stream}",
                logEvents=events[begin : begin + 5_000],
            )
    return group


def read(aws: Aws, group: str, **options: Any) -> list[list[str]]:
    """The messages of each page."""
    pages = aws.client("logs").get_paginator("filter_log_events")
    return [
        [event["message"] for event in page["events"]]
        for page in pages.paginate(logGroupName=group, **options)
    ]


def test_no_event_is_out_of_reach(aws: Aws) -> None:
    """The emulator alone gives the oldest 10,000, and nobody sees what came after them."""
    group = written(aws, [number // 7 for number in range(10_003)])

    first, second = read(aws, group)

    assert len(first) == 10_000
    assert second == ["0/10000", "0/10001", "0/10002"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 6, 7])
def test_events_of_one_time_are_on_one_page_each(aws: Aws, limit: int) -> None:
    """None twice and none left out, wherever a page ends."""
    group = written(aws, [0, 1, 1, 1, 2], [1, 1])

    pages = read(aws, group, PaginationConfig={"PageSize": limit})

    assert all(len(page) <= limit for page in pages)
    found = [message for page in pages for message in page]
    assert sorted(found) == ["0/0", "0/1", "0/2", "0/3", "0/4", "1/0", "1/1"]
    assert (found[0], found[-1]) == ("0/0", "0/4")


def test_a_token_that_nobody_gave_is_refused(aws: Aws) -> None:
    """As AWS says it."""
    group = written(aws, [0])

    with pytest.raises(ClientError, match="InvalidParameterException"):
        aws.client("logs").filter_log_events(logGroupName=group, nextToken="mine")
