"""A report's files: what clients have named stays text in both of them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from command_api.domain.model import Status
from command_api.records import SUMMARY
from handlers.reports import rows
from handlers.reports.page import html_of
from handlers.reports.sheet import harmless
from tests.builders import NOW, command


@given(st.text())
def test_no_cell_begins_a_formula(cell: str) -> None:
    """And what is harmless stays as it is."""
    assert harmless(cell)[:1] not in set("=+-@\t\r\n")
    assert harmless(cell).removeprefix("'") == cell.removeprefix("'")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])))
def test_a_page_holds_text_as_text(kind: str) -> None:
    """Whatever a client calls its type, the page stays well-formed and says just that."""
    report = rows.Report((command(type=kind),), NOW, NOW, truncated=False)
    page = html_of(report).decode()
    table = page[page.index("<table>") : page.index("</table>") + len("</table>")]
    cells = [cell.text for cell in ET.fromstring(table).iter("td")]  # noqa: S314 - our own
    assert cells == [kind or "-", "1"]


def test_a_page_draws_one_bar_for_each_status() -> None:
    """In proportion, with nothing that a browser would run or fetch."""
    done = [command(Status.COMPLETED)] * 4
    report = rows.Report((*done, command(Status.FAILED)), NOW, NOW, truncated=False)
    page = html_of(report).decode()
    svg = page[page.index("<svg") : page.index("</svg>") + len("</svg>")]
    bars = [it for it in ET.fromstring(svg) if it.tag.endswith("rect")]  # noqa: S314
    assert [bar.get("width") for bar in bars] == ["0", "0", "0", "480", "120", "0"]
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_a_report_reads_no_input_and_no_result() -> None:
    """The names that it asks for are the ones that the grant allows."""
    source = rows.Source(table="t", index=None, ttl_attribute="expiresAt", owner="")
    asked = set(rows._projection(source).values())
    assert asked == {*SUMMARY, "expiresAt"}
    assert not {"input", "work", "result", "steps", "error", "leaseToken"} & asked
