"""Rows as a table and as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts import table

if TYPE_CHECKING:
    import pytest

ROWS = [("order-1042-8f3a91c2d4e5f607a8b9", "thumbnail_of_an_upload", "[red]FAILED")]


def test_a_narrow_terminal_cuts_no_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An id is there to be copied; what looks like markup is a word like others."""
    monkeypatch.setattr("scripts.table.sys.stdout.isatty", lambda: True)
    for name, value in (("TERM", "dumb"), ("COLUMNS", "40"), ("LINES", "25")):
        monkeypatch.setenv(name, value)
    table.show(("id", "type", "status"), ROWS)
    shown = capsys.readouterr().out
    assert "…" not in shown
    letters = "".join(shown.split())
    assert len(letters) == len("idtypestatus") + len("".join(ROWS[0]))


def test_programs_get_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Cells between tabs, the title first."""
    table.show(("id", "type", "status"), ROWS, title="all")
    assert capsys.readouterr().out == "\t".join(["all", *ROWS[0]]) + "\n"
