"""``python -m scripts.prove``: try what the design assumes about AWS.

Exit codes: 0 nothing was refuted; 1 something was, nothing could be tried, or an error; 2 wrong
usage; 130 interrupted by Ctrl-C, and everything temporary is removed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from scripts import cli
from scripts.errors import OperatorError
from scripts.prove import report
from scripts.prove.assumptions import ASSUMPTIONS
from scripts.prove.prover import HELD, REFUTED, Finding, Prover
from scripts.target.options import targeted
from scripts.target.target import running_stack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scripts.prove.assumption import Assumption
    from scripts.target.target import Target


@click.command()
@targeted
@click.option("--only", multiple=True, metavar="ID", help="Try only this assumption; repeatable.")
@click.option(
    "--report",
    "path",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write the findings as JSON, without the account's number.",
)
@click.option(
    "--create",
    is_flag=True,
    help="Deploy a copy of the environment under a temporary name, try there, and destroy it.",
)
@click.option("--yes", is_flag=True, help="With --create on AWS: skip the confirmation.")
def prove(
    target: Target, *, only: tuple[str, ...], path: Path | None, create: bool, yes: bool
) -> int:
    """Try every assumption about AWS in an environment's account.

    Submits commands, and creates queues, a table, APIs, functions, roles and secrets of its own,
    which are tagged as temporary and removed. docs/assumptions.md lists the assumptions.
    """
    chosen = _chosen(only)
    if not create:
        return _proved(target, chosen, path, patient=bool(only))
    from scripts.target.temporary import Temporary, new_name  # noqa: PLC0415 - Terraform costs time

    name = new_name(target.settings)
    if not (target.local or yes):
        _confirm(target, name)
    temporary = Temporary(target, name, _environ(target))
    with temporary.applied(Console(stderr=True)) as created:
        code = _proved(created, chosen, path, patient=bool(only))
    if left := temporary.left():
        raise OperatorError(f"{name} is destroyed, but these are left: {', '.join(left)}")
    click.echo(f"{name} was created and destroyed, and nothing of it is left.")
    return code


def _environ(target: Target) -> Mapping[str, str]:
    """The environment variables of Terraform."""
    if not target.local:
        return os.environ
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return others | running_stack().environ


def _confirm(target: Target, name: str) -> None:
    folder = target.settings.folder
    click.echo(
        f"This deploys environments/{folder} as {name} for about half an hour, and destroys it."
        " It costs less than a dollar.",
        err=True,
    )
    if click.prompt("Type the environment's name to confirm", err=True) != folder:
        raise OperatorError("the environment's name does not match; nothing was done")


def _proved(
    target: Target, chosen: Sequence[Assumption], path: Path | None, *, patient: bool
) -> int:
    """Try the assumptions, print and write what was found, and return the exit code."""
    target.require("commands_endpoint")
    prover, findings = Prover(target), list[Finding]()
    # On stderr: the findings may go to a program.
    with Console(stderr=True).status(f"Trying {cli.many(len(chosen), 'assumption')} ..."):
        findings.extend(prover.prove(chosen, patient=patient))
    report.show(findings)
    click.echo(report.summary(findings))
    if path:
        path.write_text(report.as_json(target, findings, prover.left), encoding="utf-8")
    return verdict(findings, prover.left)


def _chosen(only: Sequence[str]) -> list[Assumption]:
    known = {one.id: one for one in ASSUMPTIONS}
    if unknown := sorted(set(only) - known.keys()):
        raise OperatorError(f"unknown assumption: {unknown[0]}; docs/assumptions.md lists them")
    return [one for one in ASSUMPTIONS if not only or one.id in only]


def verdict(findings: Sequence[Finding], left: Sequence[str]) -> int:
    """0 where nothing was refuted; OperatorError with what was not removed or not tried."""
    if left:
        raise OperatorError(f"not removed: {'; '.join(left)}; remove it by hand")
    if not any(one.verdict in {HELD, REFUTED} for one in findings):
        raise OperatorError("nothing could be tried; the table has the reasons")
    return 1 if any(one.verdict == REFUTED for one in findings) else 0


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    return cli.run(prove, args)


if __name__ == "__main__":
    sys.exit(main())
