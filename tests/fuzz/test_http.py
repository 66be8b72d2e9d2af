"""Whatever a client sends, it gets an answer that it can act on, in time."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.events import COMMANDS, event_of, events
from tests.fuzz.mutations import NASTY, SEARCH, mutated, written

if TYPE_CHECKING:
    from tests.fuzz.api import Api

BATCH = "POST /commands:batch"
GOOD = '{"type": "echo", "input": {"n": 1}}'


@SEARCH
@given(event=events())
def test_no_request_is_answered_by_an_error_of_ours(api: Api, event: dict[str, Any]) -> None:
    """No 5xx, no exception; what is taken can be stored, sent and read by the worker."""
    api.ask(event)


def _is_json(text: str) -> bool:
    """Whether a text breaks no body that it is part of: only such a one can fail alone."""
    try:
        json.loads(text, parse_constant=int)
    except (ValueError, RecursionError):
        return False
    return True


@SEARCH
@given(
    bad=(mutated(written(COMMANDS)) | st.sampled_from(NASTY)).filter(_is_json),
    rest=st.booleans(),
)
def test_one_bad_item_of_a_batch_fails_alone(api: Api, bad: str, *, rest: bool) -> None:
    """Its neighbours are taken, whatever it is."""
    body = f'{{"commands": [{GOOD}, {bad}, {GOOD}]}}'
    answer, said = api.ask(event_of(BATCH, body, rest=rest))
    assert answer["statusCode"] == 200, answer
    first, item, last = (one["status"] for one in said["results"])
    assert (first, last) == (202, 202)
    assert item == 202 or 400 <= item < 500


UNITS = ["[", "{", '"\\', '{"a":', "[1,", "9", "1e9,", "\\ud800", "ü", " ", "a@.", "%", '"a":1,']
FRAMES = [
    '{"type": "send_email", "input": {"to": "%s"}}',
    '{"input": %s}',
    '{"input": {"a": "%s"}}',
    "%s",
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("frame", FRAMES)
def test_time_grows_with_the_size_of_a_body_alone(api: Api, unit: str, frame: str) -> None:
    """A body as large as may be takes a fraction of a second; what is quadratic takes minutes."""
    body = frame.replace("%s", unit * (250_000 // len(unit)))
    started = time.thread_time()
    api.ask(event_of("POST /commands", body))
    assert time.thread_time() - started < 2
