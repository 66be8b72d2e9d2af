"""``python -m scripts.batches submit | status | cancel | results``: batches by hand.

Exit codes: 0 done; 1 an error, or with --wait a command that did not complete; 2 wrong usage; 130
interrupted by Ctrl-C.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn

from scripts import cli
from scripts.batches import api as batches
from scripts.commands import checked
from scripts.commands.options import on_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from scripts.commands.deployed import DeployedApi

_ID = click.argument("batch_id", metavar="ID")
_WAIT = click.option(
    "--wait", is_flag=True, help="Wait for the end; exit code 1 unless all commands completed."
)
_TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(min=0), default=86400, show_default=True, metavar="SECONDS"
)


@click.group()
def tool() -> None:
    """Submit files of commands as batches, show and cancel them, get their results."""


@tool.command()
@on_api
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.option("--key", metavar="KEY", help="Idempotency key; default: by the file and its name.")
@click.option("--then", "then", metavar="TYPE", help="Type of a command that runs at the end.")
@click.option("--then-input", "text", metavar="JSON", help="Its input, a JSON object.")
@click.option(
    "--when", type=click.Choice(["all", "all_succeeded"]), default="all", show_default=True
)
@_WAIT
@_TIMEOUT
def submit(  # noqa: PLR0913  one parameter for each option
    deployed: DeployedApi,
    *,
    path: str,
    key: str | None,
    then: str | None,
    text: str | None,
    when: str,
    wait: bool,
    timeout: float,
) -> int:
    """Upload a file of commands, and print the batch's id.

    The file has a command on each line, as docs/large-batches.md describes. Run again after an
    interruption, it goes on with the same batch.
    """
    if text is not None and then is None:
        raise click.UsageError("--then-input belongs to --then TYPE")
    file = Path(path)
    follower = (
        {**checked.command(then, text.encode() if text else None), "when": when} if then else None
    )
    try:
        with _bar(DownloadColumn()) as bar:
            tell = bar("Uploading", file.stat().st_size)
            batch_id = batches.submit(
                deployed.api,
                file,
                key=key or batches.key_of(file),
                then=follower,
                on_sent=tell,
            )
    except KeyboardInterrupt:
        click.echo("interrupted; run the same command again: nothing runs twice", err=True)
        raise
    click.echo(batch_id)
    return _follow(deployed, batch_id, timeout) if wait else 0


@tool.command()
@on_api
@_ID
@_WAIT
@_TIMEOUT
def status(deployed: DeployedApi, batch_id: str, *, wait: bool, timeout: float) -> int:
    """Print a batch and its counts as JSON."""
    if wait:
        return _follow(deployed, batch_id, timeout)
    click.echo(json.dumps(batches.shown(deployed.api, batch_id), indent=2, ensure_ascii=False))
    return 0


@tool.command()
@on_api
@_ID
def cancel(deployed: DeployedApi, batch_id: str) -> int:
    """Cancel what has not started of a batch."""
    found = batches.cancelled(deployed.api, batch_id)
    if found["status"] == "ENDED":
        click.echo(f"{batch_id}: has ended; {_counts(found)}")
    else:
        click.echo(f"{batch_id}: being cancelled; {_counts(found)}")
    return 0


@tool.command()
@on_api
@_ID
@click.option("--output", "path", metavar="FILE", help="Write to a file, not to the terminal.")
def results(deployed: DeployedApi, batch_id: str, *, path: str | None) -> int:
    """Print what became of each line, as JSON lines."""
    found = batches.shown(deployed.api, batch_id)
    if path is None:
        batches.results(found, sys.stdout.buffer)
        return 0
    # A file with a part of the results looks like one with all of them.
    part = Path(f"{path}.part")
    try:
        with part.open("wb") as into:
            batches.results(found, into)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return 0


def _follow(deployed: DeployedApi, batch_id: str, timeout: float) -> int:
    try:
        with _bar(TextColumn("{task.fields[counts]}")) as bar:
            tell = bar("Running", 1)
            found = batches.followed(
                deployed.api,
                batch_id,
                lambda now: tell(now["share"], counts=_counts(now)),
                timeout=timeout,
            )
    except KeyboardInterrupt:
        click.echo(
            "interrupted; the batch continues. To go on waiting:"
            f" python -m scripts.batches status {batch_id} --wait",
            err=True,
        )
        raise
    click.echo(f"{batch_id}: {found['status']}; {_counts(found)}", err=True)
    return 0 if found["counts"]["completed"] == found["total"] else 1


def _counts(found: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{number:,} {name}" for name, number in found["counts"].items() if number)
    return f"{found['total']:,} commands{': ' if counts else ''}{counts}"


@contextmanager
def _bar(column: Any) -> Iterator[Callable[..., Callable[..., None]]]:  # noqa: ANN401
    """A progress bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), column)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def added(description: str, total: float) -> Callable[..., None]:
            task = progress.add_task(description, total=total, counts="")
            return lambda done, **more: progress.update(task, completed=done, **more)

        yield added


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(tool, args)


if __name__ == "__main__":
    sys.exit(main())
