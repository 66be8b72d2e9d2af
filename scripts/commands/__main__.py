"""``python -m scripts.commands submit | show | watch | list | cancel``: commands by hand."""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from scripts import cli
from scripts.commands import checked, listing
from scripts.commands.api import explained
from scripts.commands.board import GIVE_UP_SECONDS, UNKNOWN, Board, change
from scripts.commands.lines import NO_ID
from scripts.commands.many import submit_file
from scripts.commands.options import on_api
from scripts.errors import OperatorError
from scripts.framework import answers, model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.commands.api import CommandsApi
    from scripts.commands.board import Row
    from scripts.commands.deployed import DeployedApi

_TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(min=0), default=300, show_default=True, metavar="SECONDS"
)


_HISTORY = click.option(
    "--history", is_flag=True, help="Also print the changes of the status, with their times."
)


@click.group()
def commands() -> None:
    """Submit, watch, list and cancel commands."""


@commands.command()
@on_api
@click.option("--type", "kind", help="Command type; default: the environment's default type.")
@click.option("--input", "text", metavar="JSON|@FILE|-", help="Command input, a JSON object.")
@click.option("--id", "command_id", help="Client-chosen id; makes a repeated submission safe.")
@click.option("--group", metavar="NAME", help="Group of a FIFO queue: its commands run in order.")
@click.option(
    "--wait", is_flag=True, help="Wait and print the result; exit code 1 unless COMPLETED."
)
@click.option(
    "--file", "path", metavar="PATH|-", help="File of commands, one JSON object per line."
)
@click.option("--concurrency", type=click.IntRange(1, 64), default=8, show_default=True)
@_TIMEOUT
def submit(  # noqa: PLR0913  one parameter for each option
    deployed: DeployedApi,
    *,
    kind: str | None,
    text: str | None,
    command_id: str | None,
    group: str | None,
    wait: bool,
    path: str | None,
    concurrency: int,
    timeout: float,
) -> int:
    """Submit a command and print its id, or submit a file of commands."""
    if path is not None:
        if kind or text or command_id or wait:
            raise click.UsageError(
                "--file can be combined with --group and --concurrency only; put type, input and"
                " id on each line"
            )
        return submit_file(deployed.grouped(group), _bytes(path), concurrency)
    if command_id is not None and not model.ID_PATTERN.fullmatch(command_id):
        raise click.UsageError(f"--id {NO_ID}")
    command = checked.command(kind, None if text is None else _input(text))
    taken = deployed.grouped(group).submit_body(json.dumps(command), command_id)
    click.echo(taken)
    return _follow(deployed.api, [taken], timeout, submitted=True) if wait else 0


@commands.command()
@on_api
@click.argument("command_id", metavar="ID")
@_HISTORY
def show(deployed: DeployedApi, command_id: str, *, history: bool) -> int:
    """Print the status of a command as JSON."""
    try:
        found = answers.command_of(deployed.api.get(command_id, history=history))
    except answers.Refused as error:
        raise OperatorError(f"{command_id}: {explained(error)}") from None
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    return 0


@commands.command()
@on_api
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@_HISTORY
@_TIMEOUT
def watch(deployed: DeployedApi, ids: tuple[str, ...], *, history: bool, timeout: float) -> int:
    """Watch commands until they end. Exit code 1 unless all are COMPLETED."""
    code = _follow(deployed.api, ids, timeout, submitted=False)
    if history:
        for command_id in ids:
            _tell_history(deployed.api, command_id)
    return code


@commands.command()
@on_api
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
def cancel(deployed: DeployedApi, ids: tuple[str, ...]) -> int:
    """Cancel commands, and ask those that run to stop.

    Exit code 1 where one has ended.
    """
    refused = 0
    for command_id in ids:
        try:
            answer = deployed.api.cancel(command_id)
            asked = answer.status == HTTPStatus.ACCEPTED
            found = answers.command_of(answer, HTTPStatus.ACCEPTED if asked else HTTPStatus.OK)
        except answers.Refused as error:
            refused += 1
            click.echo(f"{command_id}: not cancelled; {explained(error)}", err=True)
        else:
            click.echo(f"{command_id}: {found['status']}")
    return 1 if refused else 0


@commands.command("list")
@on_api
@click.option("--status", type=click.Choice(model.Status, case_sensitive=False))
@click.option(
    "--since",
    default="1h",
    show_default=True,
    help="Last change at most this long ago, for example 90s, 15m or 7d.",
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_(deployed: DeployedApi, *, status: model.Status | None, since: str, limit: int) -> int:
    """List commands by status and age, newest first. Reads the index, not the whole table."""
    within = listing.age(since)
    found = listing.list_commands(deployed.table(), status, within, limit, now=listing.now())
    for one in found:
        line = f"{one.updated_at}  {one.status:<10}  {one.attempts:>3}  {one.type:<16}  {one.id}"
        click.echo(line)
    if not found:
        click.echo(f"no matching commands in the last {since}", err=True)
    elif len(found) == limit:
        click.echo(
            f"stopped after {limit}; raise --limit or shorten --since to see others", err=True
        )
    return 0


def _follow(api: CommandsApi, ids: Sequence[str], timeout: float, *, submitted: bool) -> int:
    console = Console(highlight=False, stderr=True)
    if not console.is_terminal:
        console = Console(highlight=False, stderr=True, width=110)
    board = Board(api)
    for command_id in ids:
        board.add(command_id, "", submitted=submitted)
    try:
        ended = board.follow(console, seconds=timeout)
    except KeyboardInterrupt:
        words = " ".join(row.id for row in board.rows if not row.follower.ended)
        click.echo(
            "interrupted; the commands continue. To watch them, add the same --local, --env or"
            f" --endpoint to: python -m scripts.commands watch {words}",
            err=True,
        )
        raise
    for row in board.rows:
        _tell(row, alone=submitted)
    if lost := [row.id for row in board.rows if row.given_up]:
        raise OperatorError(
            f"{lost[0]}: {UNKNOWN} after {GIVE_UP_SECONDS:g} seconds; check the id, or ask again"
            f" later with: python -m scripts.commands show {lost[0]}"
        )
    if not ended:
        troubles = [
            f"{row.id}: {row.follower.trouble}" for row in board.rows if row.follower.trouble
        ]
        why = f" ({troubles[0]})" if troubles else ""
        raise OperatorError(f"not finished within {timeout:g} seconds{why}; raise --timeout")
    return 0 if all(row.status == model.Status.COMPLETED for row in board.rows) else 1


def _tell(row: Row, *, alone: bool) -> None:
    """Print what a command that has ended came to: its result, or why there is none."""
    found = row.last
    error = found.get("error")
    if isinstance(error, dict):
        code, message = error.get("code", ""), error.get("message", "")
        click.echo(cli.one_line(f"{row.id}: {code}: {message}"), err=True)
    elif alone and row.status == model.Status.COMPLETED:
        named = {"resultUrl": found["resultUrl"]} if "resultUrl" in found else found.get("result")
        click.echo(json.dumps(named, indent=2, ensure_ascii=False))


def _tell_history(api: CommandsApi, command_id: str) -> None:
    """Print the changes of a command's status, one a line."""
    try:
        found = answers.command_of(api.get(command_id, history=True))
    except answers.Refused as error:
        raise OperatorError(f"{command_id}: {explained(error)}") from None
    for one in found.get("history", []):
        click.echo(cli.one_line(f"{command_id}: {one['at']} {change(one)}"), err=True)


def _input(text: str) -> bytes:
    if text == "-" or text.startswith("@"):
        return _bytes(text.removeprefix("@"))
    # The shell's bytes, whatever they are: those that are no UTF-8 come as surrogates.
    return text.encode("utf-8", "surrogateescape")


def _bytes(path: str) -> bytes:
    return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(commands, args)


if __name__ == "__main__":
    sys.exit(main())
