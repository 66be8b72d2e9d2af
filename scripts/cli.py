"""The edge of every command-line tool: errors become one line, never a traceback."""

from __future__ import annotations

import os
import shlex
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import interrupts
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent

INTERRUPTED = 130  # 128 + SIGINT, what a shell reports for a program that Ctrl-C ended


def run(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Codes: 0 done, 1 an operator can fix it, 2 wrong usage, 130 Ctrl-C, or what the command itself
    returned or passed to ``ctx.exit``. Set ``TRACEBACK=1`` to see where an error came from.
    """
    # The outer one is for a second Ctrl-C, while the first is being dealt with.
    try:
        with interrupts.as_exception():
            try:
                return _run(command, args)
            except KeyboardInterrupt:
                return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(command: click.Command, args: Sequence[str] | None) -> int:
    try:
        result = command.main(None if args is None else list(args), standalone_mode=False)
    except SystemExit as error:  # click leaves this way when the reader of a pipe has gone
        return error.code if isinstance(error.code, int) else 1
    except Exception as error:  # noqa: BLE001  the one place that catches everything
        return _report(error)
    return result if isinstance(result, int) and not isinstance(result, bool) else 0


def one_line(text: str) -> str:
    """Fold all white space, so that a message never breaks into several lines."""
    return " ".join(text.split())


def many(number: int, noun: str) -> str:
    """A number with its noun, in the plural where there is not one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def command_line(tool: str, *words: str, flags: str = "") -> str:
    """A command line of `scripts.<tool>`, to be copied; `flags` are quoted already."""
    return f"{shlex.join(['python', '-m', f'scripts.{tool}', *words])} {flags}".strip()


def _report(error: Exception) -> int:
    if os.environ.get("TRACEBACK"):
        traceback.print_exception(error)
    match error:
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True)
            return error.exit_code
        case click.UsageError():
            return _fail(_usage(error), error.exit_code)
        case click.Abort():
            return _aborted(error)
    return _fail(explain(error), 1)


def _fail(message: str, code: int) -> int:
    click.echo(f"error: {one_line(message)}", err=True)
    return code


def _usage(error: click.UsageError) -> str:
    message = error.format_message().rstrip(".")
    return f"{message}; see: {error.ctx.command_path} --help" if error.ctx else message


def _aborted(error: click.Abort) -> int:
    # click turns both Ctrl-C and the end of the input into Abort.
    if isinstance(error.__cause__ or error.__context__, EOFError):
        return _fail("the input ended before the question was answered", 1)
    return INTERRUPTED


def explain(error: Exception) -> str:
    if isinstance(error, OperatorError):
        return str(error)
    if isinstance(error, click.ClickException):
        return error.format_message()
    # Loaded only by tools that talk to AWS: the others start faster without it.
    if "botocore" in sys.modules:
        from scripts.aws_errors import explain  # noqa: PLC0415  botocore is slow to import

        if message := explain(error):
            return message
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return _bug(error)


def _bug(error: Exception) -> str:
    # The text of an unexpected error may quote what the tool was working on, a secret for example.
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT / "scripts")]
    frame = (ours or frames)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    return (
        f"unexpected {type(error).__name__} at {where}; set TRACEBACK=1 and run it again to see why"
    )
