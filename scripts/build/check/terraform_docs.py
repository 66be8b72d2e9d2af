"""Compare the READMEs with what terraform-docs, an independent reader, finds in the modules.

`python -m scripts.build.check.terraform_docs FOLDER...`
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--program", default="terraform-docs", show_default=True)
def compare(folders: tuple[Path, ...], program: str) -> None:
    """Check that the READMEs list the same inputs and outputs as terraform-docs."""
    for folder in folders:
        found = subprocess.run(
            [program, "json", str(folder)], capture_output=True, text=True, check=False
        )
        if found.returncode:
            raise OperatorError(f"terraform-docs failed on {folder}: {found.stderr}")
        document, readme = json.loads(found.stdout), (folder / "README.md").read_text()
        for kind in ("inputs", "outputs"):
            expected = {entry["name"] for entry in document[kind]}
            if differs := expected ^ _names(readme, kind):
                raise OperatorError(
                    f"{folder}/README.md and terraform-docs differ in the {kind} "
                    f"{', '.join(sorted(differs))}; run: make docs"
                )


def _names(readme: str, kind: str) -> set[str]:
    table = re.search(rf"<!-- {kind} -->(.*?)<!-- /{kind} -->", readme, re.DOTALL)
    return set(re.findall(r"^\| `(\w+)` \|", table[1], re.MULTILINE)) if table else set()


def main(args: Sequence[str] | None = None) -> int:
    """Compare and return the exit code."""
    return cli.run(compare, args)


if __name__ == "__main__":
    sys.exit(main())
