"""A report as one HTML page: a bar chart in SVG and a table, no script and nothing from outside."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from command_api.domain.model import Status

if TYPE_CHECKING:
    from handlers.reports.rows import Report

_BAR, _GAP, _LABEL, _WIDTH = 26, 10, 120, 480
_COLOURS = {
    Status.PENDING: "#8a94a6",
    Status.PROCESSING: "#3b7dd8",
    Status.CANCELLING: "#d4a017",
    Status.COMPLETED: "#2e8b57",
    Status.FAILED: "#c0392b",
    Status.CANCELLED: "#b7950b",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Commands by status</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; }}
svg {{ font: 14px system-ui, sans-serif; max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: 0.2rem 1.5rem 0.2rem 0; text-align: left; }}
td + td {{ text-align: right; font-variant-numeric: tabular-nums; }}
</style>
</head>
<body>
<h1>{total} commands</h1>
<p>Changed between {since} and {until}.{more}</p>
{chart}
<h2>By type</h2>
<table>
<tr><th scope="col">Type</th><th scope="col">Commands</th></tr>
{types}
</table>
</body>
</html>
"""


def html_of(report: Report) -> bytes:
    """The page, in UTF-8."""
    types = (
        f"<tr><td>{escape(name or '-')}</td><td>{count}</td></tr>" for name, count in report.by_type
    )
    page = _PAGE.format(
        total=len(report.rows),
        since=escape(report.since.isoformat(timespec="seconds")),
        until=escape(report.until.isoformat(timespec="seconds")),
        more=" The report is truncated; more commands match." if report.truncated else "",
        chart=_chart(report),
        types="\n".join(types),
    )
    return page.encode()


def _chart(report: Report) -> str:
    """One bar for each status, the longest as wide as there is room."""
    most = max(1, *report.by_status.values())
    height = len(report.by_status) * (_BAR + _GAP)
    bars = []
    for number, (status, count) in enumerate(report.by_status.items()):
        top, width = number * (_BAR + _GAP), round(_WIDTH * count / most)
        middle = top + _BAR * 2 // 3
        bars.append(
            f'<text x="0" y="{middle}">{escape(status)}</text>'
            f'<rect x="{_LABEL}" y="{top}" width="{width}" height="{_BAR}"'
            f' fill="{_COLOURS[Status(status)]}"/>'
            f'<text x="{_LABEL + width + 8}" y="{middle}">{count}</text>'
        )
    summary = ", ".join(f"{status} {count}" for status, count in report.by_status.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(summary)}"'
        f' width="{_LABEL + _WIDTH + 80}" height="{height}"'
        f' viewBox="0 0 {_LABEL + _WIDTH + 80} {height}">{"".join(bars)}</svg>'
    )
