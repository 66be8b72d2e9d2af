"""`python -m scripts.build.texts`: print everything that a client or an operator can read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scripts.build.texts import python, terraform
from scripts.cli import ROOT, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Who reads the texts of these folders, and where.
READERS = {
    "api": ["src"],
    "terraform": ["environments", "modules"],
    "tools": ["scripts"],
}


@click.command()
@click.argument("readers", nargs=-1, type=click.Choice(list(READERS)))
def texts(readers: Sequence[str]) -> None:
    """List the texts of the API, Terraform and the tools, each once, by file.

    Without an argument: all three.
    """
    seen: set[str] = set()
    for reader in readers or READERS:
        for folder in READERS[reader]:
            for path in _files(ROOT / folder):
                new = [text for text in dict.fromkeys(_texts(path)) if text not in seen]
                seen.update(new)
                if new:
                    lines = "".join(f"  {text}\n" for text in new)
                    click.echo(f"{path.relative_to(ROOT)}\n{lines}")


def _files(folder: Path) -> list[Path]:
    # The emulator's extensions answer as AWS does, in AWS's words.
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in {".py", ".tf"}
        and not {".terraform", "tests", "emulator"} & set(path.parts)
    )


def _texts(path: Path) -> Iterator[str]:
    return python.texts(path) if path.suffix == ".py" else terraform.texts(path)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    return run(texts, args)


if __name__ == "__main__":
    sys.exit(main())
