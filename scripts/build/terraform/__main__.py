"""``python -m scripts.build.terraform ARGS...``: Terraform, found or fetched, with providers."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.build.terraform.binary import terraform_binary
from scripts.build.terraform.runner import child_environment

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def terraform(arguments: tuple[str, ...]) -> None:
    """Run Terraform with the given arguments."""
    binary = terraform_binary()
    environ = child_environment(arguments, os.environ)
    sys.stdout.flush()
    os.execve(binary, ["terraform", *arguments], environ)  # noqa: S606  no shell is wanted here


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code, unless Terraform itself takes over this process."""
    return cli.run(terraform, args)


if __name__ == "__main__":
    sys.exit(main())
