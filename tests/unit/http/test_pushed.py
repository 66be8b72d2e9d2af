"""Messages of a connection: what may be asked, and how much an answer holds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.model import Failure, Status
from command_api.http.pushed import BadMessage, Wish, shown, wish_of
from command_api.http.view import view
from tests.builders import LATER, NOW, command

if TYPE_CHECKING:
    from command_api.domain.model import Command

LIMIT = 128 * 1024
RUNNING = command(Status.PROCESSING)


def silent(_command: Command) -> None:
    """No callback."""


def test_a_message_names_commands() -> None:
    """Each once, in their order."""
    assert wish_of('{"watch": ["c-2", "c-1", "c-2"]}') == Wish(watch=("c-2", "c-1"))
    assert wish_of('{"unwatch": ["c-1"], "watch": []}') == Wish(unwatch=("c-1",))


@pytest.mark.parametrize(
    "body",
    [
        *("", "{", "[]", "{}", '"watch"', '{"watch": "c-1"}', '{"watch": [7]}', '{"watch": null}'),
        *('{"watch": ["a/b"]}', '{"watch": [".."]}', '{"watch": ["c-1"], "more": 1}'),
        json.dumps({"watch": [f"c-{n}" for n in range(20)], "unwatch": [f"{n}" for n in range(6)]}),
        "[" * 100_000,
    ],
)
def test_a_message_that_asks_for_nothing_known_is_refused(body: str) -> None:
    """With a word on what would be."""
    with pytest.raises(BadMessage):
        wish_of(body)


def test_a_command_is_told_as_it_is_read() -> None:
    """The view of `GET /commands/{id}`; null for one that is not seen."""
    done = RUNNING.completed({"n": "ü"}, now=NOW, purge_at=LATER)

    assert json.loads(shown({"c-1": done, "c-2": None}, silent)) == {
        "commands": [json.loads(json.dumps(view(done))), {"id": "c-2", "status": None}]
    }


@pytest.mark.parametrize("large", ["x" * LIMIT, None])
def test_a_result_that_does_not_fit_is_left_out(large: str | None) -> None:
    """Whether it is in the record or in a bucket: GET shows it."""
    done = RUNNING.completed(large, now=NOW, purge_at=LATER)
    if large is None:
        done = replace(done, result_key="results/c-1")

    [told] = json.loads(shown({"c-1": done}, silent))["commands"]

    assert told["status"] == "COMPLETED"
    assert told["resultOmitted"] is True
    assert not {"result", "resultUrl"} & set(told)


def test_no_answer_is_larger_than_a_message() -> None:
    """Results fill what the longest failures leave."""
    failure = Failure(code="x" * 64, message="\U0001f600" * 1024, retryable=True)
    failed = replace(RUNNING.failed(failure, now=NOW, purge_at=LATER), type="t" * 64)
    done = RUNNING.completed("ü" * 20_000, now=NOW, purge_at=LATER)
    commands = {f"{'c' * 124}-{n:03}": failed for n in range(15)}
    commands |= {f"{'d' * 124}-{n:03}": done for n in range(10)}

    text = shown({name: replace(one, id=name) for name, one in commands.items()}, silent)

    assert len(text.encode()) <= LIMIT
    told = json.loads(text)["commands"]
    assert len(told) == 25
    assert 1 <= sum("result" in one for one in told) < 10
