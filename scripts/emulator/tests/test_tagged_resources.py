"""The tagging API lists what AWS lists, and as AWS does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.tagged import Tagged

if TYPE_CHECKING:
    from tests.aws import Aws


@pytest.fixture(scope="module")
def project(aws: Aws) -> str:
    """One of every kind, with this project's tag."""
    project = f"acme-{uuid4().hex[:8]}"
    tags = {"Project": project, "Environment": "dev"}
    Tagged(aws, f"{project}-dev", tags).everything()
    return project


def _listed(aws: Aws, project: str, **options: Any) -> list[str]:
    client = aws.client("resourcegroupstaggingapi")
    filters = [{"Key": "Project", "Values": [project]}]
    pages = client.get_paginator("get_resources").paginate(TagFilters=filters, **options)
    return [one["ResourceARN"] for page in pages for one in page["ResourceTagMappingList"]]


def test_everything_with_tags_is_listed(aws: Aws, project: str) -> None:
    """Each kind that AWS lists; no role, which AWS does not."""
    arns = _listed(aws, project)
    places = {":".join(arn.split(":", 5)[2::3]).replace(project, "*") for arn in arns}
    services = {arn.split(":")[2] for arn in arns}
    assert services == {
        "apigateway",
        "cloudfront",
        "cloudwatch",
        "dynamodb",
        "events",
        "kms",
        "lambda",
        "logs",
        "s3",
        "secretsmanager",
        "sns",
        "sqs",
    }
    assert "logs:log-group:/aws/lambda/*-dev-worker" in places
    assert {"cloudwatch:alarm:*-dev-depth", "cloudwatch:alarm:*-dev-all"} <= places
    of_apis = [arn for arn in arns if arn.split(":")[2] == "apigateway"]
    assert len(of_apis) == 6
    assert sum("/stages/" in arn for arn in of_apis) == 2


def test_pages_hold_what_was_asked_for(aws: Aws, project: str) -> None:
    """Page by page the same list, each resource once."""
    whole = _listed(aws, project)
    assert _listed(aws, project, ResourcesPerPage=4) == whole
    assert len(set(whole)) == len(whole)
    client = aws.client("resourcegroupstaggingapi")
    assert len(client.get_resources(ResourcesPerPage=2)["ResourceTagMappingList"]) == 2
    with pytest.raises(ClientError, match="InvalidParameter"):
        client.get_resources(ResourcesPerPage=101)


def test_filters_narrow_by_type_and_value(aws: Aws, project: str) -> None:
    """A type of a service, a service, a value that nothing has."""
    (key,) = _listed(aws, project, ResourceTypeFilters=["apigateway:apikeys"])
    assert "/apikeys/" in key
    alarms = _listed(aws, project, ResourceTypeFilters=["cloudwatch:alarm", "secretsmanager"])
    assert len(alarms) == 3
    assert _listed(aws, "nobody") == []


def test_cloudfront_is_listed_in_one_region(aws: Aws, project: str) -> None:
    """Elsewhere nobody knows of a distribution, nor of what lies in other regions."""
    elsewhere = aws.session("test", "test").client(
        "resourcegroupstaggingapi", "eu-west-1", endpoint_url=aws.emulator.endpoint
    )
    answer = elsewhere.get_resources(TagFilters=[{"Key": "Project", "Values": [project]}])
    listed = answer["ResourceTagMappingList"]
    assert not [one for one in listed if ":cloudfront:" in one["ResourceARN"]]
    assert [arn for arn in _listed(aws, project) if ":cloudfront:" in arn]


def test_what_is_deleted_is_listed_no_more(aws: Aws, project: str) -> None:
    """And what has no tags never was."""
    aws.client("logs").create_log_group(logGroupName=f"/{project}-bare")
    before = _listed(aws, project)
    name = f"/aws/lambda/{project}-dev-worker"
    aws.client("logs").delete_log_group(logGroupName=name)
    assert set(before) - set(_listed(aws, project)) == {one for one in before if name in one}
