"""Run the checks: `python -m scripts.build.check [NAME...]`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.check.checks import ROOT, Check, all_checks
from scripts.errors import OperatorError
from scripts.parallel import Interrupted, in_threads

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

_MOMENT_SECONDS = 0.1


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def check(names: tuple[str, ...]) -> int:
    """Run the named checks, or all; exit code 1 if one fails. With REQUIRE_TOOLS=1, missing tools
    are failures instead of SKIPPED lines.
    """
    checks = all_checks()
    known = {one.name for one in checks}
    if unknown := sorted(set(names) - known):
        raise OperatorError(f"unknown check: {unknown[0]}; checks: {', '.join(sorted(known))}")
    chosen = [one for one in checks if not names or one.name in names]
    passed: dict[str, bool] = {}
    try:
        for one, result in in_threads(_run, chosen, os.cpu_count() or 1):
            if result is not CUT_SHORT:
                passed[one.name] = _report(one, result)
    except Interrupted:
        left = " ".join(one.name for one in chosen if one.name not in passed)
        click.echo(f"interrupted: {len(passed)} of {len(chosen)} checks finished", err=True)
        click.echo(f"to run the others: python -m scripts.build.check {left}", err=True)
        return cli.INTERRUPTED
    return 0 if all(passed.values()) else 1


@dataclass(frozen=True)
class Result:
    """How a check ended; `code` is None where its program is not installed."""

    code: int | None = None
    output: str = ""
    seconds: float = 0.0


CUT_SHORT = Result(output="stopped by Ctrl-C")


def _run(one: Check, stop: threading.Event) -> Result:
    began = time.monotonic()
    if not one.available:
        return Result()
    # In our own process group, so that a terminal's Ctrl-C reaches whatever it starts itself.
    with subprocess.Popen(
        one.command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        output = _output(process, stop)
    # A failure may be Ctrl-C's, which this process hears of a moment later than the other.
    if process.returncode != 0 and stop.wait(_MOMENT_SECONDS):
        return CUT_SHORT
    return Result(process.returncode, output, time.monotonic() - began)


def _output(process: subprocess.Popen[str], stop: threading.Event) -> str:
    while True:
        try:
            return process.communicate(timeout=_MOMENT_SECONDS)[0]
        except subprocess.TimeoutExpired:
            if stop.is_set():
                process.kill()


def _report(one: Check, result: Result) -> bool:
    if result.code is None:
        required = not one.optional or os.environ.get("REQUIRE_TOOLS") == "1"
        click.echo(
            f"{'MISSING' if required else 'SKIPPED'} {one.name}: {one.needs} not found;"
            f" run: make check{'-tools' if one.optional else ''}"
        )
        return not required
    good = result.code == 0
    click.echo(f"{'ok     ' if good else 'FAILED '} {one.name} ({result.seconds:.1f} s)")
    if not good:
        click.echo(result.output.rstrip())
    return good


def main(args: Sequence[str] | None = None) -> int:
    """Run the checks and return the exit code."""
    return cli.run(check, args)


if __name__ == "__main__":
    sys.exit(main())
