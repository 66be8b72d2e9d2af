"""The local stack's commands: `python -m scripts.local demo | up | down | preview | …`."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from scripts import cli
from scripts.cleanup.report import show_left
from scripts.local import preview as previews
from scripts.local.demo import Demo, summary
from scripts.stack.clients import sqs_client
from scripts.stack.deployment import Deployment, remove_all
from scripts.stack.interruption import step
from scripts.stack.logs import emulator_lines, function_lines
from scripts.stack.stack import DEFAULT_PORT, DEFAULT_STATE_DIR, LocalStack
from scripts.stack.status import report
from scripts.stack.steps import deploy, seed

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group()
@click.option(
    "--port",
    envvar="LOCAL_PORT",
    type=int,
    default=DEFAULT_PORT,
    show_default=True,
    help="Port on 127.0.0.1; environment variable: LOCAL_PORT.",
)
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_STATE_DIR,
    hidden=True,
)
@click.pass_context
def local(context: click.Context, port: int, state_dir: Path) -> None:
    """Run the whole stack on this machine, without an AWS account and without Docker."""
    context.obj = LocalStack(state_dir, port)


# Inputs on this machine are its developer's own, so their handlers' errors may quote them.
ON_THIS_MACHINE = {"log_exception_text": True}


def terminal() -> Console:
    """The console; where there is no terminal, wide enough that lines stay whole."""
    console = Console(highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, width=110)


@local.command()
@click.pass_obj
def up(stack: LocalStack) -> None:
    """Start the emulator and apply the changes of environments/dev."""
    console = terminal()
    with stack.changing("make up"):
        outputs = deploy(console, Deployment(stack, variables=ON_THIS_MACHINE))
    console.print(f"API endpoint: {outputs['commands_endpoint']}")


@local.command()
@click.pass_obj
def demo(stack: LocalStack) -> None:
    """Start the stack, submit sample commands that cover every outcome, and watch them end."""
    console = terminal()
    with stack.changing("make demo"):
        outputs = deploy(console, Deployment(stack, variables=ON_THIS_MACHINE))
        seed(console, stack, outputs)
        show = Demo(console, outputs, sqs_client(stack))
        with step("watching the commands, which continue"):
            board = show.run()
        click.echo(summary(show, board, stack))


_pull_request = click.option(
    "--pr",
    "number",
    required=True,
    type=click.IntRange(1, previews.LARGEST_NUMBER),
    metavar="NUMBER",
    help="Number of the pull request.",
)


@local.command()
@_pull_request
@click.pass_obj
def preview(stack: LocalStack, *, number: int) -> None:
    """Start the emulator and apply environments/preview for one pull request."""
    with stack.changing(f"make preview PR={number}"):
        outputs = previews.up(terminal(), stack, number)
    click.echo(f"PreviewUrl  {outputs['preview_url']}")
    click.echo(f"ApiUrl      {outputs['api_url']}")
    click.echo(f"JobUrl      {outputs['job_url']}")


@local.command("preview-down")
@_pull_request
@click.pass_obj
def preview_down(stack: LocalStack, *, number: int) -> int:
    """Destroy the preview of a pull request; exit code 1 if resources remain. The emulator keeps
    running.
    """
    with stack.changing(f"make preview-down PR={number}"):
        destroyed = previews.down(terminal(), stack, number)
    if not destroyed:
        click.echo(f"pr-{number} does not exist on the local stack.")
        return 0
    click.echo(f"pr-{number} was destroyed.")
    return 1 if show_left(previews.left(stack, number), as_json=False) else 0


@local.command()
@click.pass_obj
def down(stack: LocalStack) -> None:
    """Stop the emulator and its functions, and delete their data."""
    with stack.changing("make down"):
        remove_all(stack)
        stopped = stack.stop()
    click.echo("Local stack stopped and removed." if stopped else "No local stack is running.")


@local.command()
@click.pass_obj
def status(stack: LocalStack) -> int:
    """Show the emulator and its contents; exit code 1 if it is not running."""
    current = stack.find()
    if current is None:
        click.echo("The local stack is not running; start it with: make up")
        return 1
    for line in report(stack, current):
        click.echo(line)
    return 0


@local.command()
@click.option("-f", "--follow", is_flag=True, help="Follow the log until Ctrl-C.")
@click.option("--function", metavar="NAME", help="Name of a function; default: the emulator's log.")
@click.pass_obj
def logs(stack: LocalStack, *, follow: bool, function: str | None) -> None:
    """Print the log of the emulator or of a function."""
    stack.find()
    lines = (
        function_lines(stack, function, follow=follow)
        if function
        else emulator_lines(stack, follow=follow)
    )
    for line in lines:
        click.echo(line)


@local.command()
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--page-port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Port of the page; default: a free port.",
)
@click.pass_obj
def dashboard(stack: LocalStack, *, opens: bool, page_port: int | None) -> None:
    """Serve a local web page to view, submit, cancel and redrive commands. Stop it with Ctrl-C."""
    # The page needs an ASGI server and scripts.dlq, which the others do not.
    from scripts.local.dashboard import server  # noqa: PLC0415
    from scripts.local.dashboard.deployed import Finder  # noqa: PLC0415

    find = Finder(stack)
    find()  # says so, if nothing is deployed

    def ready(url: str) -> None:
        click.echo(f"Dashboard: {url} (Ctrl-C stops it; the stack keeps running)")
        if opens and not webbrowser.open(url):
            click.echo("Could not open a browser; open the URL manually.", err=True)

    server.run(find, page_port, ready)


def main(args: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    return cli.run(local, args)


if __name__ == "__main__":
    sys.exit(main())
