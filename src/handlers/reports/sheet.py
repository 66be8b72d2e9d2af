"""A report as CSV that a spreadsheet cannot mistake for formulas."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.reports.rows import Report

_COLUMNS = ("id", "type", "status", "attempts", "created_at", "updated_at")
# Excel, LibreOffice and Google Sheets take a cell that begins like this for a formula, some in
# their full-width form, too. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def csv_of(report: Report) -> bytes:
    """All rows under a line of headings (RFC 4180, UTF-8)."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(_COLUMNS)
    for row in report.rows:
        times = (row.created_at.isoformat(), row.updated_at.isoformat())
        cells = (row.id, row.type, row.status.value, str(row.attempts), *times)
        writer.writerow([harmless(cell) for cell in cells])
    return written.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe in front keeps a spreadsheet from reading a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
