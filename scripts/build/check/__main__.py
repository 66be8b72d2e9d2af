"""Run the checks: `python -m scripts.build.check [NAME...]`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.check.checks import ROOT, Check, all_checks
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def check(names: tuple[str, ...]) -> int:
    """Run the named checks, or all; exit code 1 where one fails.

    With REQUIRE_TOOLS=1 a tool that is not installed is a failure instead of a SKIPPED line.
    """
    checks = all_checks()
    known = {one.name for one in checks}
    if unknown := sorted(set(names) - known):
        raise OperatorError(
            f"no check is called {unknown[0]}; there are {', '.join(sorted(known))}"
        )
    chosen = [one for one in checks if not names or one.name in names]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        passed = [_report(*result) for result in pool.map(_run, chosen)]
    return 0 if all(passed) else 1


def _run(one: Check) -> tuple[Check, int | None, str, float]:
    began = time.monotonic()
    if not one.available:
        return one, None, "", 0.0
    done = subprocess.run(
        one.command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return one, done.returncode, done.stdout, time.monotonic() - began


def _report(one: Check, code: int | None, output: str, seconds: float) -> bool:
    if code is None:
        required = not one.optional or os.environ.get("REQUIRE_TOOLS") == "1"
        click.echo(f"{'MISSING' if required else 'SKIPPED'} {one.name}: {one.needs} not found")
        return not required
    click.echo(f"{'ok     ' if code == 0 else 'FAILED '} {one.name} ({seconds:.1f} s)")
    if code != 0:
        click.echo(output.rstrip())
    return code == 0


def main(args: Sequence[str] | None = None) -> int:
    """Run the checks and return the exit code."""
    return cli.run(check, args)


if __name__ == "__main__":
    sys.exit(main())
