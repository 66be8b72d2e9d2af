"""The local stack's commands: `python -m scripts.local demo | up | down | preview | …`."""

from __future__ import annotations

import contextlib
import sys
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from scripts import cli
from scripts.cleanup.report import show_left
from scripts.local import preview as previews
from scripts.local.demo import Demo, summary
from scripts.local.watch import watch as watch_files
from scripts.settings import DEFAULT_ENVIRONMENT, api_environment
from scripts.stack import code
from scripts.stack.clients import sqs_client
from scripts.stack.deployment import Deployment, remove_all
from scripts.stack.interruption import step
from scripts.stack.logs import emulator_lines, function_lines
from scripts.stack.process import ROOT
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
    help=f"Port on 127.0.0.1 (also: LOCAL_PORT); else the running stack's, else {DEFAULT_PORT}.",
)
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_STATE_DIR,
    hidden=True,
)
@click.pass_context
def local(context: click.Context, port: int | None, state_dir: Path) -> None:
    """Run the whole stack on this machine: no AWS account, no Docker."""
    context.obj = LocalStack.at(port, state_dir)


# Inputs on this machine are its developer's own, so their handlers' errors may quote them.
ON_THIS_MACHINE = {"log_exception_text": True}


def terminal() -> Console:
    """The console; where there is no terminal, wide enough that lines stay whole."""
    console = Console(highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, width=110)


_environment = click.option(
    "--env",
    metavar="NAME",
    default=DEFAULT_ENVIRONMENT,
    show_default=True,
    help="A folder of environments/ with an API.",
)


def _deployment(stack: LocalStack, env: str) -> Deployment:
    return Deployment(stack, api_environment(env), ON_THIS_MACHINE)


def _make(target: str, env: str) -> str:
    return f"make {target}" + ("" if env == DEFAULT_ENVIRONMENT else f" ENV={env}")


def _up(console: Console, deployment: Deployment) -> dict[str, Any]:
    stack = deployment.stack
    console.print(f"Environment: {deployment.environment} on port {stack.port}")
    return deploy(console, deployment)


@local.command()
@_environment
@click.pass_obj
def up(stack: LocalStack, *, env: str) -> None:
    """Start the emulator and apply an environment to it; applies only what has changed."""
    console, deployment = terminal(), _deployment(stack, env)
    with stack.changing(_make("up", env)):
        outputs = _up(console, deployment)
    console.print(f"The API takes commands at {outputs['commands_endpoint']}")


@local.command()
@_environment
@click.pass_obj
def demo(stack: LocalStack, *, env: str) -> None:
    """Start everything, submit commands of every fate, and follow them to their end."""
    console, deployment = terminal(), _deployment(stack, env)
    with stack.changing(_make("demo", env)):
        outputs = _up(console, deployment)
        seed(console, stack, outputs)
        show = Demo(console, outputs, sqs_client(stack))
        with step("following the commands, which go on"):
            board = show.run()
        click.echo(summary(show, board, stack))


_pull_request = click.option(
    "--pr",
    "number",
    required=True,
    type=click.IntRange(1, previews.LARGEST_NUMBER),
    metavar="NUMBER",
    help="The pull request.",
)


@local.command()
@_environment
@click.pass_obj
def reload(stack: LocalStack, *, env: str) -> None:
    """Put the working tree's code into the functions that run, without Terraform."""
    _reload(stack, env, _make("reload", env))


@local.command()
@_environment
@click.pass_obj
def watch(stack: LocalStack, *, env: str) -> None:
    """Reload the functions now and whenever a file of src/ is saved, until Ctrl-C."""
    _deployment(stack, env).version()  # says so, if nothing is deployed
    click.echo("Watching src/ (Ctrl-C ends it; the stack goes on)")
    with contextlib.suppress(KeyboardInterrupt):
        watch_files(ROOT / "src", lambda: _reload(stack, env, _make("watch", env)), click.echo)


def _reload(stack: LocalStack, env: str, command: str) -> None:
    began = time.monotonic()
    with stack.changing(command):
        updated = code.reload(_deployment(stack, env))
    what = f"Reloaded {cli.many(len(updated), 'function')}" if updated else "Nothing to reload"
    click.echo(f"{what} of {env}, {time.monotonic() - began:.1f} s")


@local.command()
@_pull_request
@click.pass_obj
def preview(stack: LocalStack, *, number: int) -> None:
    """Start the emulator and apply environments/preview to it, for one pull request."""
    with stack.changing(f"make preview PR={number}"):
        outputs = previews.up(terminal(), stack, number)
    click.echo(f"PreviewUrl  {outputs['preview_url']}")
    click.echo(f"ApiUrl      {outputs['api_url']}")
    click.echo(f"JobUrl      {outputs['job_url']}")


@local.command("preview-down")
@_pull_request
@click.pass_obj
def preview_down(stack: LocalStack, *, number: int) -> int:
    """Destroy the preview of one pull request; exit code 1 where something is left of it.

    The emulator keeps running.
    """
    with stack.changing(f"make preview-down PR={number}"):
        destroyed = previews.down(terminal(), stack, number)
    if not destroyed:
        click.echo(f"There is no pr-{number} on the local stack.")
        return 0
    click.echo(f"pr-{number} is destroyed.")
    return 1 if show_left(previews.left(stack, number), as_json=False) else 0


@local.command()
@click.pass_obj
def down(stack: LocalStack) -> None:
    """Stop the emulator and its functions and remove everything they kept."""
    with stack.changing("make down"):
        remove_all(stack)
        stopped = stack.stop()
    click.echo("Stopped; nothing is left behind." if stopped else "Nothing runs.")


@local.command()
@click.pass_obj
def status(stack: LocalStack) -> int:
    """Show whether the emulator runs and what is in it; exit code 1 when it does not run."""
    current = stack.find()
    if current is None:
        click.echo("The local stack does not run; start it with: make up")
        return 1
    for line in report(stack, current):
        click.echo(line)
    return 0


@local.command()
@click.option("-f", "--follow", is_flag=True, help="Keep printing new lines until Ctrl-C.")
@click.option("--function", metavar="NAME", help="A function's log instead of the emulator's.")
@click.option(
    "--lines",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    help="The last lines only; 0: all.",
)
@click.pass_obj
def logs(stack: LocalStack, *, follow: bool, function: str | None, lines: int) -> None:
    """Print the end of the emulator's log, or of a function's."""
    stack.find()
    found = (
        function_lines(stack, function, last=lines, follow=follow)
        if function
        else emulator_lines(stack, last=lines, follow=follow)
    )
    for line in found:
        click.echo(line)


@local.command()
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser, too.")
@click.option(
    "--page-port", type=click.IntRange(1, 65535), metavar="PORT", help="Default: any free one."
)
@click.pass_obj
def dashboard(stack: LocalStack, *, opens: bool, page_port: int | None) -> None:
    """Serve a page on this machine: see, submit, cancel and redrive commands; Ctrl-C ends it."""
    # The page needs an ASGI server and scripts.dlq, which the others do not.
    from scripts.local.dashboard import server  # noqa: PLC0415
    from scripts.local.dashboard.deployed import Finder  # noqa: PLC0415

    find = Finder(stack)
    find()  # says so, if nothing is deployed

    def ready(url: str) -> None:
        click.echo(f"Dashboard: {url} (Ctrl-C ends it; the stack goes on)")
        if opens and not webbrowser.open(url):
            click.echo("No browser could be opened; open that URL yourself.", err=True)

    server.run(find, page_port, ready)


def main(args: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    return cli.run(local, args)


if __name__ == "__main__":
    sys.exit(main())
