"""Other services upload a file of commands as one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from command_client import Refused, Unreachable, upload_batch
from tests.fakes.batch_api import BatchApi, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES = b'{"type": "echo"}\n' * 50_000


@pytest.fixture
def api() -> Iterator[BatchApi]:
    """An API with batches."""
    with serving() as found:
        yield found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of some hundred KB."""
    found = tmp_path / "rows.jsonl"
    found.write_bytes(LINES)
    return found


def test_a_file_is_uploaded_where_the_api_says(api: BatchApi, path: Path) -> None:
    """And its progress told; S3 gets none of the caller's headers."""
    sent: list[int] = []
    taken = upload_batch(
        f"{api.url}/commands", path, key="k", headers={"authorization": "t"}, on_sent=sent.append
    )
    assert taken["id"] == "key-k"
    assert api.uploaded == [LINES]
    assert sent[-1] == len(LINES)
    assert len(sent) > 2
    assert "authorization" not in api.headers


def test_what_is_uploaded_is_not_uploaded_again(api: BatchApi, path: Path) -> None:
    """It is the same batch."""
    for _ in range(2):
        taken = upload_batch(f"{api.url}/commands", path, key="k")
    assert (taken["id"], taken["status"]) == ("key-k", "SUBMITTING")
    assert len(api.uploaded) == 1


@pytest.mark.parametrize("trouble", ["closed", "503"])
def test_an_upload_that_is_broken_off_is_repeated(api: BatchApi, path: Path, trouble: str) -> None:
    """To another URL, three times at most."""
    pauses: list[float] = []

    def healed(seconds: float) -> None:
        pauses.append(seconds)
        api.put_status = 200

    api.closes, api.put_status = (1, 200) if trouble == "closed" else (0, 503)
    upload_batch(f"{api.url}/commands", path, key="k", sleep=healed)
    assert (len(api.uploaded), len(pauses)) == (1, 1)
    assert [one.partition(" ")[0] for one in api.asked] == ["POST", "PUT", "POST", "PUT"]


def test_an_upload_that_never_succeeds_is_given_up(api: BatchApi, path: Path) -> None:
    """No message quotes the URL, which is a secret."""
    api.closes = 9
    with pytest.raises(Unreachable) as given_up:
        upload_batch(f"{api.url}/commands", path, key="k", sleep=lambda _: None)
    assert "key=" not in str(given_up.value)
    assert sum(one.startswith("PUT") for one in api.asked) == 3


def test_a_refused_upload_is_not_repeated(api: BatchApi, path: Path) -> None:
    """The URL is too old, or the file is another one by now."""
    api.put_status = 403
    with pytest.raises(Refused, match="refused the upload"):
        upload_batch(f"{api.url}/commands", path, key="k")
    assert sum(one.startswith("PUT") for one in api.asked) == 1


def test_an_empty_file_is_no_batch(api: BatchApi, tmp_path: Path) -> None:
    """Nothing is asked of the API."""
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    with pytest.raises(ValueError, match=r"empty\.jsonl is empty"):
        upload_batch(f"{api.url}/commands", empty, key="k")
    assert not api.asked
