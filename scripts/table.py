"""Rows of words: a table to people, tab-separated lines to programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def show(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    styles: Mapping[str, str] | None = None,
) -> None:
    """Print the rows below their columns, or without them where stdout is no terminal.

    On a narrow terminal words are folded, never cut: ids are there to be copied. `styles` has the
    colors of words that stand alone in a cell.
    """
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join([*([title] if title else []), *row]))
        return
    table = Table(box=None, pad_edge=False, title=title)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=(styles or {}).get(cell, "")) for cell in row))
    Console().print(table)
