"""The charts of one run, as SVG without anything that needs a browser's script or a font file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tests.bench.rows import NAMES
from tests.bench.workers import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.bench.rows import Row

WIDTH, _ROW, _GAP, _LEFT, _BAR = 760, 15, 30, 170, 420
# Readable on white and on GitHub's dark background alike.
_TEXT, _QUIET, _OURS, _TARGET = "#6e7781", "#9aa4ae", "#2f81f7", "#d29922"


def chart(found: Sequence[Row]) -> str:
    """Bars for every row that has a target, with a line where the target is."""
    return _drawn([(row.label, row.values, row.target) for row in found if row.target])


def growth_chart(series: Mapping[str, Mapping[int, Mapping[str, float]]]) -> str:
    """Bars for each size of each series; `{}` in a series' title stands for the size."""
    return _drawn(
        [
            (title.format(size), values, None)
            for title, sizes in series.items()
            for size, values in sizes.items()
        ]
    )


def _drawn(groups: Sequence[tuple[str, Mapping[str, float], float | None]]) -> str:
    parts: list[str] = []
    y = 40
    for label, values, target in groups:
        y = _group(parts, y, label, values, target)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" '
        f'viewBox="0 0 {WIDTH} {y}" font-family="system-ui, sans-serif" font-size="12" '
        f'role="img" aria-label="This project beside other workers: shorter is better">'
    )
    title = _text(0, 18, "Shorter is better; all figures are ratios within one run", _TEXT, 14)
    return "\n".join([head, title, *parts, "</svg>\n"])


def _group(
    parts: list[str], y: int, label: str, values: Mapping[str, float], target: float | None
) -> int:
    parts.append(_text(0, y + 4, label, _TEXT, 13))
    y += 12
    present = [name for name in NAMES if name in values]
    longest = max([*(values[name] for name in present), target or 0.0])
    scale = _BAR / longest if longest else 0.0
    top = y
    for name in present:
        colour = _OURS if name == PROJECT.name else _QUIET
        length = max(values[name] * scale, 1)
        parts.append(_text(_LEFT - 8, y + 11, name, _TEXT, 12, anchor="end"))
        parts.append(
            f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="{_ROW - 3}" fill="{colour}"/>'
        )
        parts.append(_text(round(_LEFT + length + 6), y + 11, f"{values[name]:.2f}", _TEXT, 12))
        y += _ROW
    if target:
        x = _LEFT + target * scale
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top - 3}" y2="{y}" '
            f'stroke="{_TARGET}" stroke-width="2" stroke-dasharray="3 2"/>'
        )
        parts.append(_text(WIDTH - 90, top + 11, f"target {target:g}", _TARGET, 12))
    return y + _GAP - 10


def _text(x: int, y: int, text: str, colour: str, size: int, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
