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
from scripts.errors import OperatorError
from scripts.local import preview as previews
from scripts.local import webhooks
from scripts.local.demo import Demo, summary
from scripts.local.watch import watch as watch_files
from scripts.settings import DEFAULT_ENVIRONMENT, api_environment
from scripts.stack import code
from scripts.stack.clients import sqs_client
from scripts.stack.deployment import Deployment
from scripts.stack.interruption import step
from scripts.stack.logs import emulator_lines, function_lines
from scripts.stack.process import ROOT
from scripts.stack.stack import DEFAULT_PORT, DEFAULT_STATE_DIR, LocalStack
from scripts.stack.status import report
from scripts.stack.steps import deploy, seed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@click.group()
@click.option(
    "--port",
    envvar="LOCAL_PORT",
    type=int,
    help=(
        "Port on 127.0.0.1; environment variable: LOCAL_PORT; default: the running stack's,"
        f" otherwise {DEFAULT_PORT}."
    ),
)
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_STATE_DIR,
    hidden=True,
)
@click.pass_context
def local(context: click.Context, port: int | None, state_dir: Path) -> None:
    """Run the whole stack on this machine, without an AWS account and without Docker."""
    context.obj = LocalStack.at(port, state_dir)


# A call follows the end of its command within a second, on a busy machine within several.
RECEIVE_SECONDS = 30.0
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
    """Start the emulator and apply the changes of an environment."""
    console, deployment = terminal(), _deployment(stack, env)
    with stack.changing(_make("up", env)):
        outputs = _up(console, deployment)
    console.print(f"API endpoint: {outputs['commands_endpoint']}")


@local.command()
@_environment
@click.option("--webhooks", "calls", is_flag=True, help="Also call a receiver on this machine.")
@click.pass_obj
def demo(stack: LocalStack, *, env: str, calls: bool) -> None:
    """Start the stack and watch sample commands end. They cover every outcome."""
    console, deployment = terminal(), _deployment(stack, env)
    command = _make("demo", env) + (" WEBHOOKS=1" if calls else "")
    with stack.changing(command), contextlib.ExitStack() as opened:
        receiver = webhooks.receiver_of(deployment, console.print) if calls else None
        if receiver:
            opened.enter_context(receiver)
        outputs = _up(console, deployment)
        _seed(console, deployment, outputs)
        callback = ""
        if receiver:
            receiver.start(webhooks.signing_key(deployment, outputs))
            callback = receiver.url
        show = Demo(console, outputs, sqs_client(stack), callback)
        with step("watching the commands, which continue"):
            board = show.run()
            if receiver and not receiver.heard(len(board.rows), seconds=RECEIVE_SECONDS):
                raise OperatorError(
                    "not every webhook arrived; see: python -m scripts.webhooks list --local"
                )
        click.echo(summary(show, board, stack))


@local.command("demo-more")
@_environment
@click.pass_obj
def demo_more(stack: LocalStack, *, env: str) -> None:
    """Start the stack and watch three more examples."""
    from scripts.local import more  # noqa: PLC0415 - most who start the stack do not need it

    console, deployment = terminal(), _deployment(stack, env)
    deployment.variables = {**deployment.variables, **more.settings(deployment)}
    with stack.changing(_make("demo-more", env)):
        outputs = _up(console, deployment)
        with step("watching the examples, which continue"):
            more.Examples.of(console, stack, outputs).run()
    click.echo(more.NEXT)


def _seed(console: Console, deployment: Deployment, outputs: Mapping[str, Any]) -> None:
    """Give secrets a value; a key that signs webhooks keeps the one that it has."""
    names, keys = outputs["secret_names"], webhooks.signing_keys(deployment)
    wanted = webhooks.to_seed(deployment.stack, names, keys)
    seed(console, deployment.stack, {"secret_names": wanted}, keys)


_pull_request = click.option(
    "--pr",
    "number",
    required=True,
    type=click.IntRange(1, previews.LARGEST_NUMBER),
    metavar="NUMBER",
    help="Number of the pull request.",
)


@local.command()
@_environment
@click.pass_obj
def reload(stack: LocalStack, *, env: str) -> None:
    """Update the running functions with the code in src/. Terraform is not needed."""
    _reload(stack, env, _make("reload", env))


@local.command()
@_environment
@click.pass_obj
def watch(stack: LocalStack, *, env: str) -> None:
    """Reload whenever a file of src/ is saved, until Ctrl-C."""
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
    """Apply environments/preview for one pull request. Starts the emulator if it does not run."""
    with stack.changing(f"make preview PR={number}"):
        outputs = previews.up(terminal(), stack, number)
    click.echo(f"PreviewUrl  {outputs['preview_url']}")
    click.echo(f"ApiUrl      {outputs['api_url']}")
    click.echo(f"JobUrl      {outputs['job_url']}")


@local.command("preview-down")
@_pull_request
@click.pass_obj
def preview_down(stack: LocalStack, *, number: int) -> int:
    """Destroy the preview of a pull request.

    Exit code 1 if resources remain. The emulator keeps running.
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
        stopped = stack.stop()
    click.echo("Local stack stopped and removed." if stopped else "No local stack is running.")


@local.command()
@click.pass_obj
def status(stack: LocalStack) -> int:
    """Show the emulator and its contents. Exit code 1 if it is not running."""
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
@click.option(
    "--lines",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    help="Number of last lines; 0: all.",
)
@click.pass_obj
def logs(stack: LocalStack, *, follow: bool, function: str | None, lines: int) -> None:
    """Print the end of the log of the emulator or of a function."""
    stack.find()
    found = (
        function_lines(stack, function, last=lines, follow=follow)
        if function
        else emulator_lines(stack, last=lines, follow=follow)
    )
    for line in found:
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
    """Serve a local web page to view, submit and redrive commands. Stop it with Ctrl-C."""
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
