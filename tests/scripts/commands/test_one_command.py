"""`submit`, `show`, `watch` and `cancel` of single commands."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.scripts.commands.conftest import Api, Result, Said, problem, shown
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("show", "c-1", "--endpoint", "foo"), "--endpoint: the URL does not begin with https://"),
        (("show", "c-1", "--endpoint", ""), "--endpoint: the URL does not begin with https://"),
        (("show", "c-1", "--endpoint", "ftp://x"), "does not begin with https:// or http://"),
        (("show", "c-1", "--endpoint", "http:///x"), "--endpoint: the URL has no host"),
        (("show", "c-1", "--endpoint", "http://x:y"), "the host or the port of the URL is malf"),
        (("watch", "c-1", "--endpoint", "http://a b"), "the URL contains a space or a control"),
        (("submit", "--endpoint", "http://nowhere.invalid"), "nowhere.invalid does not resolve"),
        (("watch", "c-1", "--endpoint", "http://nowhere.invalid"), "does not resolve"),
        (("show", "c-1", "--endpoint", "http://127.0.0.1:9"), "does not answer"),
        (("show", "c-1"), "c-1: the API answered 404 No: Unknown."),
        (("submit", "--input", "3"), "--input is not a JSON object"),
        (("submit", "--input", "{"), "--input is not JSON: Expecting property name"),
        (("submit", "--input", '{"n":\nNaN}'), "--input has NaN, which is not valid JSON"),
        (("submit", "--input", '{"n": 1e400}'), "double (at #/input/n); write it as a string"),
        (("submit", "--input", "[" * 50_000), "is nested deeper than 100 levels"),
        (("submit", "--input", '{"n": "\udcff"}'), "--input is not UTF-8 (byte 8)"),
        (("submit", "--type", "a b"), "the command has an invalid type"),
        (("submit", "--input", "@missing.json"), "No such file or directory: missing.json"),
        (("list",), "pass --env or --local"),
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


def test_an_endpoint_of_the_environment_is_named(
    api: Api, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a value comes from that nobody typed."""
    monkeypatch.setenv("COMMANDS_ENDPOINT", f"{api.url}\n")
    result = run("show", "c-1")
    assert (result.code, api.asked) == (1, [])
    assert result.err.startswith("error: COMMANDS_ENDPOINT: the URL contains a space or a control")


@pytest.mark.parametrize(
    "args",
    [
        ("show", "c-1", "--local", "--endpoint", "https://x"),
        ("submit", "--id", "a b"),
        ("submit", "--file", "x", "--type", "echo"),
        ("submit", "--concurrency", "0"),
        ("watch",),
        ("list", "--status", "DONE"),
        ("list", "--since", "soon"),
    ],
)
def test_wrong_usage_is_code_2(api: Api, run: Run, args: tuple[str, ...]) -> None:
    """It names the help to read."""
    result = run(*args)
    assert (result.code, result.out, api.asked) == (2, "", [])
    assert "--help" in result.err


def test_a_command_that_is_not_taken_is_an_error(api: Api, run: Run) -> None:
    """No id is printed that nobody knows."""
    api.says("c-1", (429, {}))
    result = run("submit", "--id", "c-1")
    assert (result.code, result.out) == (1, "")
    assert "429" in result.err


def test_what_is_wrong_with_a_command_is_said(api: Api, run: Run) -> None:
    """The errors of the problem document with it."""
    errors = [{"pointer": "#/input/n", "detail": "must be 1 or more"}]
    api.says("c-1", (422, {"title": "Unprocessable", "detail": "Invalid.", "errors": errors}))
    result = run("submit", "--id", "c-1")
    assert (result.code, result.out) == (1, "")
    assert "422 Unprocessable: Invalid. (#/input/n must be 1 or more)" in result.err


def test_an_answer_that_names_no_command_is_an_error(api: Api, run: Run) -> None:
    """A proxy takes a POST, too, and answers a DELETE or a GET with a page."""
    api.answers["/commands"].append(Said(202, "", {"x-command-id": ""}))
    assert "answered without a command id; check the URL" in run("submit").err
    api.says("c-1", (200, "<html>"))
    for verb in ("show", "cancel"):
        result = run(verb, "c-1")
        assert (result.code, result.out) == (1, "")
        assert "the response is not a command" in result.err


def test_cancelling_reports_every_command(api: Api, run: Run) -> None:
    """Those that run are asked to stop; those that have ended make the exit code 1."""
    api.says("c-1", shown("CANCELLED"))
    api.says("c-2", problem(409, "The command has ended (FAILED)."))
    api.says("c-3", (202, shown("CANCELLING")[1]))
    result = run("cancel", "c-1", "c-2", "c-3")
    assert (result.code, result.out) == (1, "c-1: CANCELLED\nc-3: CANCELLING\n")
    ended = "c-2: not cancelled; the API answered 409 No: The command has ended (FAILED).\n"
    assert result.err == ended
    assert [verb for verb, _, _ in api.asked] == ["DELETE"] * 3
    assert run("cancel", "c-1", "c-3").code == 0


def test_a_command_is_shown_as_json(api: Api, run: Run) -> None:
    """What the API says, readable."""
    api.says("c-1", shown("COMPLETED", result="ü"))
    result = run("show", "c-1")
    assert result.code == 0
    assert '"result": "ü"' in result.out


def test_the_history_is_shown_where_it_is_asked_for(api: Api, run: Run) -> None:
    """`show` prints it as it is, `watch` a line per change once the command has ended."""
    error = {"code": "timeout", "message": "Too\nlate."}
    past = [
        {"status": "PENDING", "at": "T0"},
        {"status": "PROCESSING", "at": "T1", "attempt": 3, "handedOver": True},
        {"status": "FAILED", "at": "T1", "attempt": 3, "seconds": 1.5, "error": error},
    ]
    api.says("c-1", shown("FAILED"))
    api.says("c-1?history=1", shown("FAILED", history=past))
    assert json.loads(run("show", "c-1", "--history").out)["history"] == past
    assert "history" not in run("show", "c-1").out
    result = run("watch", "c-1", "--history")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines()[-3:] == [
        "c-1: T0 PENDING",
        "c-1: T1 PROCESSING, attempt 3, handed over",
        "c-1: T1 FAILED, attempt 3, 1.5 s, timeout: Too late.",
    ]


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


def test_headers_and_a_token_go_along(api: Api, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every request; the group with what is submitted."""
    monkeypatch.setenv("COMMANDS_TOKEN", "of-the-shell")
    api.says("drawn-1", shown("COMPLETED"))

    assert run("submit", "--wait", "--group", "g-1", "--header", "X-Api-Key: a key").code == 0

    submitted, asked = api.headers
    assert submitted["x-message-group-id"] == "g-1"
    assert submitted["x-api-key"] == asked["x-api-key"] == "a key"
    assert submitted["authorization"] == asked["authorization"] == "Bearer of-the-shell"


def test_a_header_that_is_none_is_not_quoted(api: Api, run: Run) -> None:
    """It may be a key."""
    result = run("submit", "--header", "s3cret")

    assert (result.code, api.asked) == (2, [])
    assert "'NAME: VALUE'" in result.err
    assert "s3cret" not in result.err


@pytest.mark.parametrize("status", [403, 404])
def test_a_rest_api_takes_no_id(api: Api, run: Run, status: int) -> None:
    """What API Gateway answers does not say so."""
    api.says("mine", (status, {"message": "Missing Authentication Token"}))

    assert "a REST API chooses all ids: submit without --id" in run("submit", "--id", "mine").err


def test_a_fifo_queue_needs_a_group(
    api: Api, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Said before anything is sent, of one command and of a file."""
    outputs = {"commands_endpoint": f"{api.url}/commands", "sqs_queue_url": "https://sqs/w.fifo"}
    aim(monkeypatch, target(outputs))
    lines = tmp_path / "lines"
    lines.write_text("{}\n")

    for words in ((), ("--file", str(lines))):
        assert "for example: --group customer-7" in run("submit", "--local", *words).err
    assert api.asked == []
