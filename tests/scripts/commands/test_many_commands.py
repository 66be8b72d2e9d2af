"""`submit --file`: many commands, and a report of those that were not taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.scripts.commands.conftest import Api, Result

    Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of three commands, with and without ids."""
    path = tmp_path / "orders.jsonl"
    orders = [{"id": "order-1"}, {"type": "echo", "input": {"n": 2}}, {"id": "order-3"}]
    path.write_text("".join(json.dumps(order) + "\n" for order in orders))
    return path


def test_every_bad_line_is_reported_and_the_good_ones_are_sent(
    api: Api, run: Run, tmp_path: Path
) -> None:
    """By number and reason, on stderr; the exit code says that something is missing."""
    path = tmp_path / "orders.jsonl"
    path.write_bytes(b'{"id": "good"}\n{\n[]\n{"typ": "x"}\n{"id": 7}\n{"id": "a b"}\n\xff\n\n{}')
    result = run("submit", "--file", str(path))
    assert result.code == 1
    assert [line.split()[:2] for line in result.err.splitlines()[:6]] == [
        ["line", str(number)] for number in range(2, 8)
    ]
    assert "submitted 2 of 8 commands" in result.err
    assert len(result.out.splitlines()) == len(api.bodies()) == 2


def test_a_refused_line_does_not_stop_the_others(api: Api, run: Run, file: Path) -> None:
    """A 4xx is final; the rest goes on."""
    api.says("order-1", (400, {}))
    result = run("submit", "--file", str(file))
    assert result.code == 1
    assert "line 1 was refused: the API answered 400" in result.err
    assert "submitted 2 of 3" in result.err
    assert len(api.asked) == 3


def test_a_busy_api_is_asked_again(api: Api, run: Run, file: Path) -> None:
    """Throttling and errors of the server pass."""
    api.says("order-1", (429, {}), (503, {}), (202, {}))
    result = run("submit", "--file", str(file))
    assert result.code == 0
    assert "submitted 3 of 3" in result.err


def test_when_nobody_answers_the_rest_is_not_tried(run: Run, api: Api, tmp_path: Path) -> None:
    """A wrong URL does not cost a minute per line."""
    path = tmp_path / "many.jsonl"
    path.write_text("{}\n" * 50)
    result = run(
        "submit", "--file", str(path), "--endpoint", "http://127.0.0.1:9", "--concurrency", "1"
    )
    assert (result.code, result.out, api.asked) == (1, "", [])
    assert "line 50 was not sent: the API does not answer" in result.err
    assert "submitted 0 of 50" in result.err


def test_a_file_that_is_not_there_is_one_line(api: Api, run: Run) -> None:
    """Nothing is sent."""
    result = run("submit", "--file", "missing.jsonl")
    assert (result.code, result.err) == (
        1,
        "error: No such file or directory: missing.jsonl\n",
    )
    assert api.asked == []


def test_the_same_file_names_the_same_commands(api: Api, run: Run, file: Path) -> None:
    """Sending it again is safe: lines without an id get one from the file's content."""
    first = run("submit", "--file", str(file))
    again = run("submit", "--file", str(file), "--concurrency", "1")
    assert first.code == again.code == 0
    assert first.out == again.out
    own, drawn, _ = first.out.splitlines()
    assert own == "order-1"
    assert api.bodies()[f"/commands/{drawn}"] == {"type": "echo", "input": {"n": 2}}
    file.write_text(file.read_text() + '{"id": "order-4"}\n')
    assert drawn not in run("submit", "--file", str(file)).out
