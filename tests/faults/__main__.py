"""`python -m tests.faults`: the fault-injection suite; exit code 1 where a ledger contradicts."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

import click

from scripts.cli import run
from scripts.errors import OperatorError
from scripts.stack.stack import LocalStack
from scripts.target.target import of_folder
from tests.faults.ground import Ground
from tests.faults.package import package
from tests.faults.run import play
from tests.faults.scenarios import SCENARIOS
from tests.faults.virtual import VIRTUAL, simulated
from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LARGEST_SEED = 1_000_000


@click.command()
@click.option("--seed", type=int, help="Replay a run: which commands, and which calls fail.")
@click.option("--commands", "count", type=click.IntRange(20), default=100, show_default=True)
@click.option("--only", type=click.Choice([*(one.name for one in SCENARIOS), *VIRTUAL]))
@click.option(
    "--outage",
    type=click.IntRange(1),
    default=90,
    show_default=True,
    metavar="SECONDS",
    help="Length of the outages of the scenarios outage and import-fails.",
)
@click.option("--port", type=int, help="The local stack's port; a free one by default.")
@click.option(
    "--env",
    metavar="NAME",
    help="Run in the AWS account of environments/NAME, with resources that exist for the run only.",
)
def command(
    *,
    seed: int | None,
    count: int,
    only: str | None,
    outage: int,
    port: int | None,
    env: str | None,
) -> None:
    """Run the fault-injection suite: submit commands, inject faults, and add up the outcomes."""
    here = {*VIRTUAL, *(one.name for one in SCENARIOS if one.here_only)}
    if env is not None and (port is not None or only in here):
        other = f"--only {only}" if only in here else "--port"
        raise click.UsageError(f"--env and {other} are mutually exclusive; pass one of them")
    seed = SystemRandom().randrange(_LARGEST_SEED) if seed is None else seed
    click.echo(f"seed {seed}")
    contradictions: list[str] = []
    for name, simulate in VIRTUAL.items():
        if only in (None, name) and env is None:
            contradictions += simulated(name, simulate, seed=seed, count=count, say=click.echo)
    if only not in VIRTUAL:
        with _ground(env, port) as ground:
            contradictions += _played(ground, only, seed, count, outage)
    if contradictions:
        raise OperatorError(
            f"{len(contradictions)} contradictions; replay: make faults SEED={seed}"
        )
    click.echo("\nEvery ledger adds up.")


@contextlib.contextmanager
def _ground(env: str | None, port: int | None) -> Iterator[Ground]:
    if env is not None:
        yield Ground(of_folder(env), os.environ)
        return
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        stack = LocalStack(Path(folder, "stack"), port or free_port())
        stack.start()
        try:
            yield Ground.local(stack)
        finally:
            stack.stop()


def _played(ground: Ground, only: str | None, seed: int, count: int, outage: int) -> list[str]:
    code, contradictions = package(), list[str]()
    for scenario in SCENARIOS:
        here = ground.target.local or not scenario.here_only
        if only in (None, scenario.name) and here:
            lasting = scenario.lasting(outage) if scenario.away else scenario
            contradictions += play(ground, code, lasting, seed=seed, count=count, say=click.echo)
    return contradictions


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    return run(command, args)


if __name__ == "__main__":
    sys.exit(main())
