"""`python -m scripts.build.openapi`: write what is made from the API's document, or compare it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.build.openapi.choices import environ
from scripts.build.openapi.page import page
from scripts.build.openapi.python_types import python_types
from scripts.cli import run
from scripts.errors import OperatorError
from scripts.settings import environment_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[3]


@click.command()
@click.option("--check", is_flag=True, help="Fail if a file is outdated; write nothing.")
@click.option("--env", "name", default="dev", help="Environment; files are written for dev only.")
def openapi(*, check: bool, name: str) -> None:
    """Write the OpenAPI 3.1 document of an environment."""
    folder = environment_folder(name)
    if not (folder / "terraform.tfvars").is_file():
        raise OperatorError(
            f"environments/{name} has no terraform.tfvars; pass another environment"
        )
    document = describe(environ(folder))
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if name != "dev":
        click.echo(text, nl=False)
        return
    wanted = {
        "docs/openapi.json": text,
        "docs/api.md": page(document),
        "src/command_client/types.py": python_types(document),
    }
    stale = [one for one, text in wanted.items() if _read(ROOT / one) != text]
    if check and stale:
        raise OperatorError(f"stale: {', '.join(stale)}; run: make docs")
    for one in stale:
        (ROOT / one).write_text(wanted[one])
    click.echo(f"updated {', '.join(stale)}" if stale else "the API's pages and types are current")


def describe(chosen: Mapping[str, str]) -> dict[str, object]:
    """The document that the openapi function would serve with these variables."""
    sys.path.insert(0, str(ROOT / "src"))
    from command_api.entrypoints import openapi as entrypoint  # noqa: PLC0415

    return dict(entrypoint.describe(chosen))


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    return run(openapi, args)


if __name__ == "__main__":
    sys.exit(main())
