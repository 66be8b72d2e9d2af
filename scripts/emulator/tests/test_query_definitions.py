"""Saved queries are kept as they were written, and nothing is kept that was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.aws import Aws


def test_a_saved_query_reads_back_changes_and_goes(aws: Aws) -> None:
    """Under the id that it got, and found by the beginning of its name."""
    logs = aws.client("logs")
    text = "# Why\nfields @message\n| limit 5"
    made = logs.put_query_definition(
        name="acme/why", queryString=text, logGroupNames=["/aws/lambda/acme"]
    )["queryDefinitionId"]
    logs.put_query_definition(name="other/why", queryString=text)
    logs.put_query_definition(name="acme/how", queryString="fields @log", queryDefinitionId=made)
    (found,) = logs.describe_query_definitions(queryDefinitionNamePrefix="acme/")[
        "queryDefinitions"
    ]
    assert (found["name"], found["queryString"], found["queryDefinitionId"]) == (
        "acme/how",
        "fields @log",
        made,
    )
    assert found["logGroupNames"] == []
    assert logs.delete_query_definition(queryDefinitionId=made)["success"]
    left = logs.describe_query_definitions()["queryDefinitions"]
    assert [one["name"] for one in left] == ["other/why"]


def test_what_is_not_there_cannot_change_or_go(aws: Aws) -> None:
    """As AWS says it."""
    logs = aws.client("logs")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.delete_query_definition(queryDefinitionId="0-0")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.put_query_definition(name="a", queryString="b", queryDefinitionId="0-0")
