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


def lines(tmp_path: Path, *texts: str | bytes) -> str:
    """A file of these lines."""
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"".join((t.encode() if isinstance(t, str) else t) + b"\n" for t in texts))
    return str(path)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"type": "echo"', "is not JSON: Expecting ',' delimiter at column 16"),
        ('{"input": {"n": NaN}}', "has NaN, which JSON does not know; write null or a string"),
        ('{"input": {"n": -Infinity}}', "has -Infinity, which JSON does not know"),
        ('{"input": {"n": 1e400}}', "double (at #/input/n); write it as a string"),
        (f'{{"input": {{"n": {"9" * 5000}}}}}', "double (at #/input/n); write it as a string"),
        (f'{{"input": {{"n": {"[" * 101}{"]" * 101}}}}}', "deeper than 100 levels (at #/input)"),
        (f'{{"input": {"[" * 50_000}{"]" * 50_000}}}', "has an input that is not a JSON object"),
        ("[" * 50_000, "is not JSON, and is nested deeper than 100 levels"),
        (r'{"input": {"n": "\ud83d"}}', "write the whole character"),
        ("\ufeff{}", "begins with a byte order mark; remove it"),
        (b"\xff", "is not UTF-8 (byte 1); save it as UTF-8"),
        ("[]", "is not a JSON object"),
        ('{"inptu": {}}', "has an unknown field (#/inptu); a line has id, type and input"),
        ('{"id": 7}', "has no id that can be: it must be 1-128"),
        ('{"id": "a b"}', "has no id that can be: it must be 1-128"),
        ('{"type": 7}', "has no type that can be"),
        ('{"type": "a b"}', "has no type that can be"),
        ('{"input": 1e400}', "has a number beyond the range of a double; write it as a string"),
        ('{"input": null}', "has an input that is not a JSON object"),
    ],
)
def test_a_bad_line_is_named_before_anything_is_sent(
    api: Api, run: Run, tmp_path: Path, line: str | bytes, problem: str
) -> None:
    """By number and remedy, in one line; the good ones wait for the corrected file."""
    result = run("submit", "--file", lines(tmp_path, "{}", line, '{"id": "good"}'))
    assert (result.code, result.out, api.asked) == (1, "", [])
    first, last = result.err.splitlines()
    assert first.startswith("line 2 ")
    assert problem in first
    assert last == "nothing was sent; correct the file and run the same command again"


def test_ctrl_c_during_the_check_is_said(
    api: Api, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file takes a while, and nothing of it has been sent."""

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scripts.commands.lines.check", interrupted)
    result = run("submit", "--file", str(file))
    assert (result.code, result.out, api.asked) == (130, "", [])
    assert "interrupted: nothing was sent" in result.err


def test_many_bad_lines_are_counted(api: Api, run: Run, tmp_path: Path) -> None:
    """A file that is something else does not fill the screen."""
    result = run("submit", "--file", lines(tmp_path, *["{"] * 1000))
    assert (result.code, api.asked) == (1, [])
    assert [*map(str.split, result.err.splitlines())][19][:2] == ["line", "20"]
    assert result.err.splitlines()[20] == "and 980 more"


def test_an_editors_byte_order_mark_is_passed_over(api: Api, run: Run, tmp_path: Path) -> None:
    """At the beginning of a file; it does not change the ids either. UTF-16 is named."""
    marked = run("submit", "--file", lines(tmp_path, "\ufeff{}\r", "\r", '{"id": "a"}\r'))
    plain = run("submit", "--file", lines(tmp_path, "{}", '{"id": "a"}'))
    assert marked.code == plain.code == 0
    assert marked.out == plain.out
    asked = len(api.asked)
    result = run("submit", "--file", lines(tmp_path, "{}".encode("utf-16")))
    assert result.code == 1
    assert "the file is UTF-16; save it as UTF-8" in result.err
    assert len(api.asked) == asked


def test_a_corrected_file_names_the_same_commands(api: Api, run: Run, tmp_path: Path) -> None:
    """Whatever else was changed in it: a line's id is its content and its place among equals."""
    again = '{"input": {"b": 1, "a": 2}, "type": "echo"}'
    equal = '{"type": "echo", "input": {"a": 2, "b": 1}}'
    first = run("submit", "--file", lines(tmp_path, "{}", equal, again)).out.split()
    assert len({*first}) == len(first) == len(api.bodies()) == 3
    mended = run("submit", "--file", lines(tmp_path, again, '{"id": "new"}', "{}", equal))
    assert {*mended.out.split()} - {*first} == {"new"}
    assert len(api.bodies()) == 4
    # A text, a number and a truth are different work; so is another type, or none.
    others = ['{"input": {"n": 1}}', '{"input": {"n": 1.0}}', '{"input": {"n": "1"}}']
    others += ['{"input": {"n": true}}', '{"type": "echo", "input": {"n": 1}}']
    assert len({*run("submit", "--file", lines(tmp_path, *others)).out.split()}) == 5


def test_an_id_stands_for_one_command(api: Api, run: Run, tmp_path: Path) -> None:
    """Other work under the same id is named with both lines; the same work is sent once."""
    one, other = '{"id": "inv-7", "input": {"n": 1}}', '{"id": "inv-7", "input": {"n": 2}}'
    result = run("submit", "--file", lines(tmp_path, one, "{}", other))
    assert (result.code, result.out, api.asked) == (1, "", [])
    assert result.err.startswith("line 3 has the id of line 1 (inv-7) but another type or input;")
    same = run("submit", "--file", lines(tmp_path, one, "{}", one))
    assert (same.code, len(api.asked)) == (0, 2)
    assert "submitted 2 of 2 commands" in same.err


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
    assert "line 1 was not taken: http://127.0.0.1:9/commands does not answer" in result.err
    assert "49 more were not tried" in result.err
    assert "submitted 0 of 50" in result.err


def test_an_api_that_wants_a_token_is_asked_once(api: Api, run: Run, file: Path) -> None:
    """What it says of one request, it says of all."""
    api.says("order-1", (401, {"message": "Unauthorized"}))
    result = run("submit", "--file", str(file), "--concurrency", "1")
    assert (result.code, result.out, len(api.asked)) == (1, "", 1)
    assert "line 1 was refused: the API answered 401 Unauthorized; pass --token TOKEN" in result.err
    assert "2 more were not tried" in result.err


def test_what_is_wrong_with_a_line_is_said(api: Api, run: Run, file: Path) -> None:
    """The errors of a problem document, on the line that they are about."""
    errors = [{"pointer": "#/input/n", "detail": "must be 1 or more"}]
    api.says("order-1", (422, {"title": "Unprocessable", "detail": "Invalid.", "errors": errors}))
    result = run("submit", "--file", str(file))
    said = "line 1 was refused: the API answered 422 Unprocessable: Invalid."
    assert f"{said} (#/input/n must be 1 or more)" in result.err


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
