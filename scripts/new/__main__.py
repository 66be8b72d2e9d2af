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
@click.option("--project", metavar="NAME", help="Project name, for example acme-jobs.")
@click.option("--profile", metavar="NAME", help="Profile: minimal, standard, rest or everything.")
@click.option("--with", "added", multiple=True, metavar="PART", help="Keep this part; repeatable.")
@click.option(
    "--without", "dropped", multiple=True, metavar="PART", help="Remove this part; repeatable."
)
@click.option("--submission", type=click.Choice(["direct", "validated"]), help="Default: direct.")
@click.option(
    "--fifo", is_flag=True, help="Use FIFO queues, which keep the order of commands in a group."
)
@click.option("--yes", is_flag=True, help="Apply the changes; without it, dry run.")
@click.option("--verbose", is_flag=True, help="List each file.")
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
    """Rename the project and remove optional parts. Without --yes, only shows the changes. Without
    options, prompts for them. Later, `--without PART --yes` removes another part.
    """
    parts, files = Parts.read(), read(root)
    choices = kind = None
    if project or profile or not dropped:
        project = valid(project or _asked("Project name", "--project acme-jobs"))
        kind = parts.profile(profile or _profile(parts))
        choices = Choices(project, kind.api, submission or "direct", fifo=fifo)
        keep = {*kind.keep}
    else:
        keep = parts.there(files)
    keep = parts.kept(keep, added, dropped)
    left = prune(files, parts.without(keep), kind)
    for line in shown(parts, files, left, each=verbose):
        click.echo(line)
    if not yes:
        click.echo("Nothing was changed; to apply the changes, add --yes.")
        return
    if dirty := uncommitted(root):
        raise OperatorError(f"{dirty} has uncommitted changes; commit or stash them first")
    if not (_BIN / "ruff").exists():
        raise OperatorError("test tools are not installed; run: make test-tools")
    made = choices.made(left.files) if choices else left.files
    write(root, files, refreshed(parts, made))
    for words in _TIDY:
        if subprocess.run(words, cwd=root, stdout=subprocess.DEVNULL, check=False).returncode:
            raise OperatorError(f"{' '.join(map(str, words))} failed; see above")
    click.echo("Done. Review the changes with git diff --stat, then run: make test")


def _profile(parts: Parts) -> str:
    if sys.stdin.isatty():
        for one in parts.profiles.values():
            click.echo(f"  {one.name:<11} {one.what}")
    return _asked("Profile", "--profile minimal", "minimal")


def _asked(question: str, option: str, default: str | None = None) -> str:
    if not sys.stdin.isatty():
        raise OperatorError(f"no terminal for prompts; add {option}")
    answer: str = click.prompt(question, default=default)
    return answer


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return cli.run(new, args)


if __name__ == "__main__":
    sys.exit(main())
