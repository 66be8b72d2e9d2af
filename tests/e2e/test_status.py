"""What the answers say beside the status, and where large results are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

import pytest

from scripts.commands import __main__ as tool
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.deployed import Deployed
    from tests.environment import Environment


def test_a_wrong_query_is_400(deployed: Deployed) -> None:
    """A misspelt wait is a problem document that shows a right one."""
    answer = deployed.api.request("GET", "/c-1?wiat=5")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "?wait=10" in answer.json()["detail"]


def test_a_known_version_is_304(deployed: Deployed) -> None:
    """A client that sends back the ETag gets no body until something changes."""
    command_id = deployed.api.submit("echo", {"n": 1})
    deployed.ended(command_id)
    etag = deployed.api.get(command_id).headers["etag"]
    again = deployed.api.request("GET", f"/{command_id}", headers={"if-none-match": etag})
    assert (again.status, again.body, again.headers["etag"]) == (304, "", etag)
    other = deployed.api.request("GET", f"/{command_id}", headers={"if-none-match": '"x"'})
    assert other.status == 200


@pytest.mark.parametrize("count", [10, 20_000])
def test_a_result_of_any_size_reaches_its_client(deployed: Deployed, count: int) -> None:
    """A small one comes in the answer, a large one by a URL that is signed for it alone.

    A number is written longer than it came, so a message that SQS takes gives 380 KB.
    """
    command_id, work = f"sized-{uuid4().hex}", {"numbers": [1e15] * count}
    body = '{"type":"echo","input":{"numbers":[' + ",".join(["1e15"] * count) + "]}}"
    assert deployed.api.put(command_id, body).status == 202
    shown = deployed.ended(command_id)
    assert shown["status"] == "COMPLETED"
    if count == 10:
        assert shown["result"] == {"echo": work, "attempt": 1}
        return
    assert "result" not in shown
    with urlopen(shown["resultUrl"]) as answer:  # noqa: S310 - the local stack's own URL
        assert answer.headers["content-type"] == "application/json"
        assert json.load(answer) == {"echo": work, "attempt": 1}
    unsigned = shown["resultUrl"].partition("?")[0]
    with pytest.raises(HTTPError, match="403"):
        urlopen(unsigned)  # noqa: S310 - the same


@pytest.fixture
def waiting(environment: Environment) -> Iterator[Environment]:
    """The environment with waiting and the index turned on, for as long as a test needs them."""
    variables = {"api": {"max_wait_seconds": 10}, "commands": {"index": True}}
    deployment = replace(environment.deployment, variables=variables)
    try:
        yield replace(environment, deployment=deployment, outputs=deployment.apply())
    finally:
        environment.deployment.apply()


@pytest.mark.long
def test_waiting_and_listing_where_they_are_turned_on(
    waiting: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One request waits from the queue to the result; the list shows it by status and age."""
    command_id = waiting.api.submit("demo", {"sleep_seconds": 1})
    answer = waiting.api.request("GET", f"/{command_id}?wait=10")
    assert (answer.status, answer.json()["status"]) == (200, "COMPLETED")
    assert waiting.api.request("GET", f"/{uuid4().hex}?wait=1").status == 404
    aim(monkeypatch, target(waiting.outputs, waiting.client))
    assert tool.main(["list", "--local", "--status", "COMPLETED", "--since", "5m"]) == 0
    assert command_id in capsys.readouterr().out
