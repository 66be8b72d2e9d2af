"""A preview holds nothing back when it goes, and nobody but its page gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.infra import rendered
from tests.infra.test_workload_boundary import PREVIEW

if TYPE_CHECKING:
    from pathlib import Path

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("bootstrap")

API = "https://a1b2c3.execute-api.us-east-1.amazonaws.com"
PAGE = "https://d1mock.cloudfront.net"


@pytest.fixture(scope="module")
def resources(tree: Path) -> list[dict[str, Any]]:
    """All resources of a preview, planned with mocks."""
    return rendered.resources(tree, "preview", PREVIEW, named=("acme-jobs", "pr-7"))


def values(resources: list[dict[str, Any]], kind: str, name: str) -> list[Any]:
    """One attribute of all resources of a kind."""
    return [it["values"][name] for it in resources if it["type"] == kind]


def test_nothing_keeps_a_preview_from_going(resources: list[dict[str, Any]]) -> None:
    """No deletion protection, no recovery window; buckets go with what is in them."""
    assert values(resources, "aws_dynamodb_table", "deletion_protection_enabled") == [False]
    assert values(resources, "aws_secretsmanager_secret", "recovery_window_in_days") == [0]
    assert values(resources, "aws_s3_bucket", "force_destroy") == [True, True]


def test_nothing_is_kept_for_long(resources: list[dict[str, Any]]) -> None:
    """Three days for logs, jobs that wait and dead-letter messages, no restoring of tables."""
    logs = values(resources, "aws_cloudwatch_log_group", "retention_in_days")

    assert len(logs) == 6
    assert set(logs) == {3}
    assert values(resources, "aws_sqs_queue", "message_retention_seconds") == [259200, 259200]
    (recovery,) = values(resources, "aws_dynamodb_table", "point_in_time_recovery")
    assert [it["enabled"] for it in recovery] == [False]


def test_only_its_own_page_may_call_the_api(resources: list[dict[str, Any]]) -> None:
    """One origin, for the API and for the results that it links to."""
    (cors,) = values(resources, "aws_apigatewayv2_api", "cors_configuration")
    (rules,) = values(resources, "aws_s3_bucket_cors_configuration", "cors_rule")

    assert cors[0]["allow_origins"] == [PAGE]
    assert "x-command-id" in cors[0]["expose_headers"]
    assert rules[0]["allowed_origins"] == [PAGE]


def test_the_page_knows_its_api_and_no_other(resources: list[dict[str, Any]]) -> None:
    """config.js names it; of all the region's APIs in the header, index.html leaves this one.

    And it leads back to its pull request.
    """
    files = {
        it["values"]["key"]: it["values"]["content"]
        for it in resources
        if it["type"] == "aws_s3_object"
    }

    assert f'"apiUrl":"{API}","pushUrl":""' in files["config.js"]
    # Without push, too: it is one page.
    assert {f"client/{name}.js" for name in ("answers", "errors", "push", "sleep")} <= files.keys()
    assert f"connect-src 'self' {API}\"" in files["index.html"]
    assert (
        '<a class="number" href="https://github.com/acme/jobs/pull/7">#7</a>'
        in (files["index.html"])
    )


def test_jobs_are_commands_under_another_name(resources: list[dict[str, Any]]) -> None:
    """The API's routes: direct submission, its alias for the page, and hello."""
    assert set(values(resources, "aws_apigatewayv2_route", "route_key")) == {
        "POST /commands",
        "POST /jobs",
        "PUT /commands/{id}",
        "GET /commands/{id}",
        "DELETE /commands/{id}",
        "GET /hello",
        "GET /openapi.json",
    }
