"""Results that do not fit into a record: every pair of stores keeps them, and says where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from command_api.adapters import clients
from command_api.adapters.dynamodb.item import RESULT_BYTES
from command_api.adapters.s3 import LARGE_RESULT_BYTES, LargeResults, S3Results, result_key
from command_api.domain.errors import DoesNotFit, LeaseLost
from tests.builders import FINAL, LATER, attempt, fail, submission
from tests.contract.states import PURGE_AT
from tests.fakes.commands import InMemoryResults

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandStore, ResultStore

LARGE = "ü" * (RESULT_BYTES // 2)  # two bytes each, and the quotes are two more


@dataclass(frozen=True)
class Kept:
    """A store of results, and how a test reads one."""

    store: ResultStore
    read: Callable[[str], str]
    keys: Callable[[], list[str]]


@pytest.fixture(params=["memory", "s3"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """An empty store of results: the in-memory fake, and S3 as moto plays it."""
    if request.param == "memory":
        fake = InMemoryResults()
        return Kept(fake, fake.results.__getitem__, lambda: list(fake.results))
    s3 = request.getfixturevalue("moto")("s3")
    s3.create_bucket(Bucket="results")
    return Kept(
        S3Results(lambda: s3, "results"),
        lambda key: s3.get_object(Bucket="results", Key=key)["Body"].read().decode(),
        lambda: [o["Key"] for o in s3.list_objects_v2(Bucket="results").get("Contents", [])],
    )


def claimed(store: CommandStore) -> Command:
    """A command that an attempt with the token t-1 runs."""
    claim = store.claim(submission(), attempt())
    assert claim.won
    return claim.command


@pytest.mark.parametrize("result", [object(), float("nan"), "\ud800"])
def test_what_is_no_json_fits_nowhere(store: CommandStore, kept: Kept, result: object) -> None:
    """Nothing is written, and the command is still held, so that it can fail."""
    large = LargeResults(store, kept.store)
    command = claimed(large)
    with pytest.raises(DoesNotFit):
        large.finish(command.completed(result, now=LATER, purge_at=PURGE_AT), "t-1")  # type: ignore[arg-type]
    assert kept.keys() == []
    large.finish(command.failed(FINAL, now=LATER, purge_at=PURGE_AT), "t-1")


def test_a_result_beyond_every_limit_is_refused(store: CommandStore, kept: Kept) -> None:
    """More than 32 MB fit nowhere."""
    large = LargeResults(store, kept.store)
    done = claimed(large).completed("x" * LARGE_RESULT_BYTES, now=LATER, purge_at=PURGE_AT)
    with pytest.raises(DoesNotFit):
        large.finish(done, "t-1")
    assert kept.keys() == []


def test_a_result_store_that_is_away_leaves_the_command_to_a_retry(store: CommandStore) -> None:
    """The record never names a result that was not written before."""

    class Away(InMemoryResults):
        def put(self, key: str, text: str) -> None:
            fail(ConnectionError(key + text[:0]))

    large = LargeResults(store, Away())
    command = claimed(large)
    with pytest.raises(ConnectionError):
        large.finish(command.completed(LARGE, now=LATER, purge_at=PURGE_AT), "t-1")
    assert large.get("c-1") == command


def test_an_overtaken_attempt_leaves_an_object_and_no_trace(
    store: CommandStore, kept: Kept
) -> None:
    """Its key holds its own token, so it cannot overwrite what its successor has written."""
    large = LargeResults(store, kept.store)
    stale = claimed(large)
    current = large.claim(
        submission(), attempt(token="t-2", at=LATER, lease_until=LATER, takes_over=True)
    )
    assert current.won
    large.finish(current.command.completed(LARGE, now=LATER, purge_at=PURGE_AT), "t-2")
    with pytest.raises(LeaseLost):
        large.finish(stale.completed(LARGE + "stale", now=LATER, purge_at=PURGE_AT), "t-1")
    found = large.get("c-1")
    assert found is not None
    assert found.result_key == result_key("c-1", "t-2")
    assert json.loads(kept.read(result_key("c-1", "t-2"))) == LARGE


def test_a_large_result_is_kept_apart(store: CommandStore, kept: Kept) -> None:
    """One byte more than 256 KB, and the record holds where the result is instead of the result."""
    large = LargeResults(store, kept.store)
    done = claimed(large).completed(LARGE, now=LATER, purge_at=PURGE_AT)
    large.finish(done, "t-1")
    key = result_key("c-1", "t-1")
    assert large.get("c-1") == done.with_result_apart(key)
    assert json.loads(kept.read(key)) == LARGE


def test_a_result_up_to_the_limit_stays_in_the_record(store: CommandStore, kept: Kept) -> None:
    """256 KB with its quotes: nothing is put elsewhere."""
    large = LargeResults(store, kept.store)
    done = claimed(large).completed("x" * (RESULT_BYTES - 2), now=LATER, purge_at=PURGE_AT)
    large.finish(done, "t-1")
    assert large.get("c-1") == done
    assert kept.keys() == []


def test_a_repeated_finish_finds_its_large_result_written(store: CommandStore, kept: Kept) -> None:
    """The answer got lost: the same object, the same record."""
    large = LargeResults(store, kept.store)
    done = claimed(large).completed(LARGE, now=LATER, purge_at=PURGE_AT)
    for _ in range(2):
        large.finish(done, "t-1")
    assert large.get("c-1") == done.with_result_apart(result_key("c-1", "t-1"))
    assert len(kept.keys()) == 1


def test_a_command_does_not_inherit_a_result(store: CommandStore, kept: Kept) -> None:
    """What replaces a record past its time forgets where the old result was."""
    large = LargeResults(store, kept.store)
    command = claimed(large)
    large.finish(command.completed(LARGE, now=LATER, purge_at=PURGE_AT), "t-1")
    found = large.get("c-1")
    assert found is not None
    large.replace(found, command)
    assert large.get("c-1") == command


@pytest.mark.parametrize(
    ("endpoint", "host", "path"),
    [
        (None, "results.s3.us-east-1.amazonaws.com", "/k/t.json"),
        ("http://127.0.0.1:4566", "127.0.0.1:4566", "/results/k/t.json"),
    ],
)
def test_a_url_is_signed_for_its_seconds(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, host: str, path: str
) -> None:
    """Version 4, for as long as the environment says; by path where the host is an address."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    if endpoint is None:
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setattr(clients, "_clients", {})
    url = urlsplit(S3Results(lambda: clients.client("s3"), "results", 120).url("k/t.json"))
    query = parse_qs(url.query)
    assert (url.netloc, url.path) == (host, path)
    assert query["X-Amz-Expires"] == ["120"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
