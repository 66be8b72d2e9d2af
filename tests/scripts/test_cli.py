"""The edge of the command-line tools."""

from __future__ import annotations

import errno
import importlib
import io

import boto3
import click
import click.testing
import pytest
from botocore.exceptions import NoCredentialsError

from scripts import cli
from scripts.errors import OperatorError


def command_that(error: BaseException | None = None, returns: object = None) -> click.Command:
    """A command that raises or returns."""

    @click.command()
    def tool() -> object:
        if error:
            raise error
        return returns

    return tool


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (OperatorError("no zip;\n run: make package"), 1, "error: no zip; run: make package\n"),
        (click.ClickException("bad file"), 1, "error: bad file\n"),
        (
            FileNotFoundError(errno.ENOENT, "No such file", "a.txt"),
            1,
            "error: No such file: a.txt\n",
        ),
        (NoCredentialsError(), 1, "error: no complete AWS credentials found; sign in"),
        (click.UsageError("unknown word"), 2, "error: unknown word; see: "),
        (KeyboardInterrupt(), 130, "\n"),
        (SystemExit(1), 1, ""),
    ],
)
def test_every_failure_is_one_line_on_stderr_and_an_exit_code(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user never sees a traceback: one line says what is wrong."""
    assert boto3.__version__  # the tool talks to AWS
    assert cli.run(command_that(error), []) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(line)
    assert err.count("\n") <= 1


@pytest.mark.parametrize("name", ["commands", "dlq", "local", "secrets", "worker"])
def test_lists_of_subcommands_are_whole_sentences(name: str) -> None:
    """On a terminal of 80 columns, where click would cut a longer one."""
    tool = importlib.import_module(f"scripts.{name}.__main__")
    group = next(one for one in vars(tool).values() if isinstance(one, click.Group))
    shown = click.testing.CliRunner().invoke(group, ["--help"], terminal_width=80).output
    assert "Commands:" in shown
    assert "...\n" not in shown.split("Commands:")[1]


def test_an_unexpected_error_names_its_place_and_not_its_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug's message may quote a secret: it is shown on demand only."""
    monkeypatch.delenv("TRACEBACK", raising=False)
    assert cli.run(command_that(RuntimeError("hunter2")), []) == 1
    err = capsys.readouterr().err
    assert "hunter2" not in err
    assert "unexpected RuntimeError at cli.py:" in err
    assert "TRACEBACK=1" in err


def test_the_traceback_is_there_for_who_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRACEBACK=1 shows where an error came from."""
    monkeypatch.setenv("TRACEBACK", "1")
    assert cli.run(command_that(RuntimeError("why")), []) == 1
    assert "RuntimeError: why" in capsys.readouterr().err


def test_the_end_of_the_input_is_not_an_interrupt(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that nobody answers fails with a line, not with Ctrl-C's code."""
    monkeypatch.setattr("sys.stdin", io.StringIO())

    @click.command()
    def tool() -> None:
        click.confirm("Sure?")

    assert cli.run(tool, []) == 1
    assert "input ended" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("returned", "code"), [(None, 0), (0, 0), (3, 3), (True, 0), ("text", 0), ({"a": 1}, 0)]
)
def test_a_command_may_return_its_exit_code(returned: object, code: int) -> None:
    """An integer is the exit code; any other result is success."""
    assert cli.run(command_that(returns=returned), []) == code


def test_help_is_success_and_a_group_without_a_command_is_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``--help`` exits with 0; a group alone shows its help and exits with 2."""
    group = click.Group("tools", commands=[command_that()])
    assert cli.run(group, ["--help"]) == 0
    assert "Usage:" in capsys.readouterr().out
    assert cli.run(group, []) == 2
    assert "Usage:" in capsys.readouterr().err
