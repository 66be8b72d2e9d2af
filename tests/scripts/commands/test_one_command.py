"""`submit`, `show`, `watch` and `cancel` of single commands."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from tests.scripts.commands.conftest import Api, Result, problem, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("show", "c-1", "--endpoint", "foo"), "'foo' is no URL"),
        (("show", "c-1", "--endpoint", "http://127.0.0.1:9"), "does not answer"),
        (("show", "c-1", "--env", "nowhere"), "there is no environments/nowhere"),
        (("show", "c-1"), "c-1: Unknown."),
        (("submit", "--input", "3"), "must be a JSON object"),
        (("submit", "--input", "{"), "must be a JSON object"),
        (("submit", "--input", "@missing.json"), "No such file or directory: missing.json"),
        (("list",), "pass --env or --local"),
        (("list", "--since", "soon"), "a duration like 90s"),
    ],
)
def test_a_mistake_is_one_line(api: Api, run: Run, args: tuple[str, ...], words: str) -> None:
    """It says what is wrong, and nothing has been submitted."""
    result = run(*args)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    assert words in result.err
    assert not api.bodies("POST")


@pytest.mark.parametrize(
    "args",
    [
        ("show", "c-1", "--local", "--env", "dev"),
        ("submit", "--id", "a b"),
        ("submit", "--file", "x", "--type", "echo"),
        ("submit", "--concurrency", "0"),
        ("watch",),
        ("list", "--status", "DONE"),
    ],
)
def test_wrong_usage_is_code_2(api: Api, run: Run, args: tuple[str, ...]) -> None:
    """It names the help to read."""
    result = run(*args)
    assert (result.code, result.out, api.asked) == (2, "", [])
    assert "--help" in result.err


def test_without_an_endpoint_it_says_how_to_name_one(
    api: Api, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is guessed."""
    monkeypatch.delenv("COMMANDS_ENDPOINT")
    result = run("show", "c-1")
    assert result.code == 1
    assert "--local, --env NAME, --endpoint URL, or set COMMANDS_ENDPOINT" in result.err
    assert api.asked == []


def test_a_command_that_is_not_taken_is_an_error(api: Api, run: Run) -> None:
    """No id is printed that nobody knows."""
    api.says("c-1", (429, {}))
    result = run("submit", "--id", "c-1")
    assert (result.code, result.out) == (1, "")
    assert "429" in result.err


def test_waiting_for_a_command_that_fails_is_code_1(api: Api, run: Run) -> None:
    """A script that waits can tell success from failure."""
    failed = {"code": "out_of_stock", "message": "No.", "retryable": False}
    api.says("drawn-1", shown("PROCESSING"), shown("FAILED", error=failed))
    result = run("submit", "--type", "order", "--wait")
    assert (result.code, result.out) == (1, "drawn-1\n")
    assert "PROCESSING" in result.err
    assert "out_of_stock" in result.err


def test_a_wait_ends_with_its_time(api: Api, run: Run) -> None:
    """A command that does not end does not hold a script for ever."""
    api.says("c-1", shown("PROCESSING"))
    result = run("watch", "c-1", "--timeout", "0")
    assert result.code == 1
    assert "not ended within 0 seconds; see --timeout" in result.err


def test_watching_ends_when_all_have_ended(api: Api, run: Run) -> None:
    """Also those that were unknown at first; a cancelled one is not completed."""
    api.says("c-1", problem(404, "Queued."), shown("COMPLETED"))
    api.says("c-2", shown("CANCELLED"))
    assert run("watch", "c-1").code == 0
    assert run("watch", "c-1", "c-2").code == 1


def test_cancelling_reports_every_command(api: Api, run: Run) -> None:
    """Those that run stay, and make the exit code 1."""
    api.says("c-1", shown("CANCELLED"))
    api.says("c-2", problem(409, "The command is running."))
    result = run("cancel", "c-1", "c-2")
    assert (result.code, result.out) == (1, "c-1: CANCELLED\n")
    assert result.err == "c-2: not cancelled. The command is running.\n"
    assert [verb for verb, _, _ in api.asked] == ["DELETE", "DELETE"]


def test_a_command_is_shown_as_json(api: Api, run: Run) -> None:
    """What the API says, readable."""
    api.says("c-1", shown("COMPLETED", result="ü"))
    result = run("show", "c-1")
    assert result.code == 0
    assert '"result": "ü"' in result.out


def test_input_comes_from_the_line_a_file_or_a_pipe(
    api: Api, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three ways, one body; without a type and an input the environment's defaults hold."""
    file = tmp_path / "input.json"
    file.write_text('{"n": 1}')
    piped = io.TextIOWrapper(io.BytesIO(b'{"n": 1}'))
    monkeypatch.setattr("sys.stdin", piped)
    for command_id, given in (("line", '{"n": 1}'), ("file", f"@{file}"), ("pipe", "-")):
        assert run("submit", "--id", command_id, "--input", given).out == f"{command_id}\n"
    assert run("submit").out == "drawn-1\n"
    assert list(api.bodies().values()) == [{"input": {"n": 1}}] * 3
    assert api.bodies("POST") == {"/commands": {}}


def test_the_endpoint_may_be_the_api_itself(api: Api, run: Run) -> None:
    """Both of Terraform's outputs work."""
    assert run("submit", "--type", "echo", "--endpoint", api.url + "/").code == 0
    assert api.bodies("POST") == {"/commands": {"type": "echo"}}
