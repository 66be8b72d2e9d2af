"""Uploads at the API: where lines go, who may put them there, and what is shown of them."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from command_api.domain.batches import Transfer
from command_api.usecases.batches import ReadBatch
from tests.builders import LATER
from tests.unit.entrypoints.submitting import Function, function
from tests.unit.entrypoints.test_batches import KEY, asked, batches, cancelling, shows, submit

if TYPE_CHECKING:
    from types import ModuleType

    from tests.fakes.batches import InMemoryBatches

__all__ = ["batches", "shows", "submit"]

CONTENT = b'{"type": "echo"}\n' * 3
UPLOAD = {"bytes": len(CONTENT), "sha256": sha256(CONTENT).hexdigest()}
BODY: dict[str, Any] = {"upload": UPLOAD, "then": {"type": "echo"}}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """What URLs are signed with."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")


def test_the_answer_says_where_the_lines_go(submit: Function, batches: InMemoryBatches) -> None:
    """The URL is good for these bytes alone, and for 15 minutes."""
    answer, said = submit.call("POST /batches", BODY, **KEY)
    assert (answer["statusCode"], said["status"], said["total"]) == (202, "UPLOADING", 0)
    assert said["upload"]["method"] == "PUT"
    url = urlsplit(said["upload"]["url"])
    signed = parse_qs(url.query)
    assert url.path.endswith(f"/uploads/{said['id']}.jsonl")
    assert signed["X-Amz-Expires"] == ["900"]
    names = set(signed["X-Amz-SignedHeaders"][0].split(";"))
    assert names == {"host", "content-length", "content-type", "x-amz-checksum-sha256"}
    assert set(said["upload"]["headers"]) == {"content-type", "x-amz-checksum-sha256"}
    stored = batches.headers[said["id"]]
    assert stored.transfer is not None
    assert (stored.transfer.size, stored.transfer.digest) == tuple(UPLOAD.values())
    assert not submit.harness.table.store_.commands


def test_a_repeated_request_gets_another_url_until_the_lines_are_there(
    submit: Function, batches: InMemoryBatches
) -> None:
    """It is the same batch, and nothing is uploaded twice."""
    _, first = submit.call("POST /batches", BODY, **KEY)
    _, again = submit.call("POST /batches", BODY, **KEY)
    assert (again["id"], again["status"]) == (first["id"], "UPLOADING")
    known = batches.headers[first["id"]]
    assert known.transfer is not None
    batches.headers[first["id"]] = known.moved(known.transfer._replace(planned=3))
    answer, later = submit.call("POST /batches", BODY, **KEY)
    assert (answer["statusCode"], later["status"]) == (202, "SUBMITTING")
    assert "upload" not in later


def test_the_key_of_other_lines_is_refused(submit: Function) -> None:
    """Their hash is part of the request."""
    submit.call("POST /batches", BODY, **KEY)
    other = {**BODY, "upload": {**UPLOAD, "sha256": "0" * 64}}
    answer, said = submit.call("POST /batches", other, **KEY)
    assert (answer["statusCode"], said["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"upload": None}, "#/upload/bytes"),
        ({"upload": {"bytes": 0, "sha256": "0" * 64}}, "#/upload/bytes"),
        ({"upload": {"bytes": True, "sha256": "0" * 64}}, "#/upload/bytes"),
        ({"upload": {"bytes": 1.5, "sha256": "0" * 64}}, "#/upload/bytes"),
        ({"upload": {"bytes": 2**30 + 1, "sha256": "0" * 64}}, "#/upload/bytes"),
        ({"upload": {"bytes": 1, "sha256": "A" * 64}}, "#/upload/sha256"),
        ({"upload": {"bytes": 1}}, "#/upload/sha256"),
        ({"upload": {**UPLOAD, "key": "x"}}, "#/upload/key"),
        ({"upload": UPLOAD, "commands": [{}]}, "#/commands"),
        ({"upload": UPLOAD, "then": {"type": "nobody"}}, "#/then/type"),
        ({"commands": [{}], "results": 1}, "#/results"),
    ],
)
def test_an_invalid_upload_is_refused(
    submit: Function, batches: InMemoryBatches, body: object, pointer: str
) -> None:
    """Nothing of it is stored."""
    answer, said = submit.call("POST /batches", body, **KEY)
    assert answer["statusCode"] == 422
    assert pointer in {one["pointer"] for one in said["errors"]}
    assert not batches.headers


@pytest.mark.parametrize("body", [BODY, {"commands": [{}], "results": True}])
def test_an_environment_without_uploads_says_so(
    monkeypatch: pytest.MonkeyPatch, batches: InMemoryBatches, body: object
) -> None:
    """Batches that come with their request work there."""
    answer, said = function(monkeypatch, BATCHES_BUCKET="").call("POST /batches", body, **KEY)
    assert (answer["statusCode"], said["code"]) == (422, "invalid_batch")
    assert not batches.headers


def test_a_batch_shows_how_far_its_lines_have_come(
    submit: Function, batches: InMemoryBatches, shows: ModuleType
) -> None:
    """And, once they can be read, where its results are."""
    _, said = submit.call("POST /batches", BODY, **KEY)
    status, shown = asked(shows, "GET", said["id"])
    assert (status, shown["status"], shown["share"]) == (200, "UPLOADING", 0)
    assert shown["upload"] == {"bytes": UPLOAD["bytes"], "submitted": 0}
    known = batches.headers[said["id"]]
    done = Transfer(size=9, planned=3, lines=3, offset=9, whole=True, written=True)
    batches.headers[said["id"]] = replace(known.moved(done), purge_at=LATER)
    _, shown = asked(shows, "GET", said["id"])
    assert (shown["status"], shown["total"]) == ("RUNNING", 3)
    assert f"/results/{said['id']}.jsonl" in shown["resultsUrl"]


def test_the_results_of_a_small_batch_are_listed_where_its_request_asks(
    submit: Function, batches: InMemoryBatches
) -> None:
    """Otherwise it has no objects."""
    _, said = submit.call("POST /batches", {"commands": [{}], "results": True}, **KEY)
    assert batches.headers[said["id"]].transfer == Transfer(whole=True)
    assert batches.headers[said["id"]].total == 1


def test_an_upload_is_cancelled_by_the_transfer(
    submit: Function, batches: InMemoryBatches, shows: ModuleType
) -> None:
    """It may have more members than a request can cancel."""
    told: list[str] = []
    shows.__dict__["cancel_batch"] = cancelling(ReadBatch(batches=batches), submit, told.append)
    _, said = submit.call("POST /batches", BODY, **KEY)
    status, shown = asked(shows, "DELETE", said["id"])
    assert (status, "cancelRequestedAt" in shown) == (200, True)
    assert told == [said["id"]]
    # A repeated POST uploads nothing any more.
    assert batches.headers[said["id"]].cancel_requested_at is not None
