"""`python -m scripts.prove.page` writes docs/assumptions.md from the list of assumptions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.prove.assumptions import ASSUMPTIONS, TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGE = cli.ROOT / "docs" / "assumptions.md"
_HEAD = """\
# Assumptions about AWS

The design rests on these statements about AWS. `python -m scripts.prove --env NAME` tries them in
your account, and `--local` on the [local stack](local-stack.md); see [prove](prove.md).

`make docs` writes this page from `scripts/prove/probes`.
"""


def page() -> str:
    """The text of the page."""
    return "\n".join([_HEAD, *_tables()])


def _tables() -> Iterator[str]:
    for topic in TOPICS:
        title = (topic.__doc__ or "").strip().rstrip(".")
        yield f"## {title}\n"
        yield "| id | assumption | local stack | if refuted | plan B |"
        yield "| --- | --- | --- | --- | --- |"
        for one in ASSUMPTIONS:
            if one.topic == topic.__name__.rpartition(".")[2]:
                says = f"{one.says} ([source]({one.source}))"
                local = one.local if one.answered_locally else f"Cannot answer. {one.local}"
                cells = (f"`{one.id}`", says, local, one.means, one.plan_b)
                yield f"| {' | '.join(cells)} |"
        yield ""


@click.command()
def write() -> None:
    """Update docs/assumptions.md."""
    PAGE.write_text(page(), encoding="utf-8")
    click.echo(f"docs/assumptions.md has {len(ASSUMPTIONS)} assumptions")


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return cli.run(write, args)


if __name__ == "__main__":
    sys.exit(main())
