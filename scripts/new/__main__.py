"""`python -m scripts.new`: make the blueprint yours, or take out a part that you do not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.errors import OperatorError
from scripts.new.name import Choices, valid
from scripts.new.pages import refreshed
from scripts.new.parts import Parts
from scripts.new.prune import prune
from scripts.new.report import shown
from scripts.new.tree import read, uncommitted, write

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
_BIN = Path(sys.executable).parent
# A cut leaves behind imports that nothing needs, gaps, and tables of what is gone.
_TIDY = (
    (_BIN / "ruff", "check", "--quiet", "--fix", "--select", "F401,F811,I001,TC005", "."),
    (_BIN / "ruff", "format", "--quiet", "."),
    (sys.executable, "-m", "scripts.build.terraform", "fmt", "-recursive", "-list=false"),
    (sys.executable, "-m", "scripts.build.docs"),
    (sys.executable, "-m", "scripts.build.openapi"),
)


@click.command()
@click.option("--project", metavar="NAME", help="Short name of the product, like acme-jobs.")
@click.option("--profile", metavar="NAME", help="minimal, standard, rest or everything.")
@click.option("--with", "added", multiple=True, metavar="PART", help="Keep this part, too.")
@click.option("--without", "dropped", multiple=True, metavar="PART", help="Take this part out.")
@click.option("--submission", type=click.Choice(["direct", "validated"]), help="Default: direct.")
@click.option("--fifo", is_flag=True, help="Keep the order of commands of a group.")
@click.option("--yes", is_flag=True, help="Do it; without it nothing is changed.")
@click.option("--verbose", is_flag=True, help="Show each file.")
@click.option("--root", type=click.Path(path_type=Path), default=ROOT, hidden=True)
def new(  # noqa: PLR0913 - one argument for each option
    *,
    project: str | None,
    profile: str | None,
    added: tuple[str, ...],
    dropped: tuple[str, ...],
    submission: str | None,
    fifo: bool,
    yes: bool,
    verbose: bool,
    root: Path,
) -> None:
    """Give the repository your project's name, and take out what you do not want.

    Shows what would go; --yes does it. Without options it asks. Later, `--without PART --yes` takes
    out one more part.
    """
    parts, files = Parts.read(), read(root)
    choices = None
    if project or profile or not dropped:
        project = valid(project or _asked("Short name of the product", "--project acme-jobs"))
        kind = parts.profile(profile or _profile(parts))
        choices = Choices(project, kind.api, submission or "direct", fifo=fifo)
        keep = {*kind.keep}
    else:
        keep = parts.there(files)
    keep = parts.kept(keep, added, dropped)
    left = prune(files, parts.without(keep))
    for line in shown(parts, files, left, each=verbose):
        click.echo(line)
    if not yes:
        click.echo("Nothing was changed; to do it, add --yes.")
        return
    if dirty := uncommitted(root):
        raise OperatorError(f"{dirty} has changes; commit or stash them first")
    if not (_BIN / "ruff").exists():
        raise OperatorError("this needs the tools of the tests; run: make test-tools")
    made = choices.made(left.files) if choices else left.files
    write(root, files, refreshed(parts, made))
    for words in _TIDY:
        if subprocess.run(words, cwd=root, stdout=subprocess.DEVNULL, check=False).returncode:
            raise OperatorError(f"{' '.join(map(str, words))} failed; see above")
    click.echo("Done. Look at it with git diff --stat, then: make test")


def _profile(parts: Parts) -> str:
    if sys.stdin.isatty():
        for one in parts.profiles.values():
            click.echo(f"  {one.name:<11} {one.what}")
    return _asked("Profile", "--profile minimal", "minimal")


def _asked(question: str, option: str, default: str | None = None) -> str:
    if not sys.stdin.isatty():
        raise OperatorError(f"nobody is there to ask; add {option}")
    answer: str = click.prompt(question, default=default)
    return answer


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return cli.run(new, args)


if __name__ == "__main__":
    sys.exit(main())
