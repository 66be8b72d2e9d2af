"""How deep the queue gets over time: as text for a terminal, as SVG for a document."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.capacity.simulation import Point

COLUMNS, ROWS = 60, 8
WIDTH, HEIGHT, _LEFT, _BOTTOM, _TOP = 760, 260, 70, 30, 30
_EIGHTHS = " ▁▂▃▄▅▆▇█"
# Readable on white and on a dark background alike.
_TEXT, _QUEUE, _AGE = "#6e7781", "#2f81f7", "#d29922"


def text_chart(points: Sequence[Point]) -> str:
    """The queue's depth as columns of blocks; each column shows the deepest of its time."""
    heights = _columns([point.queued for point in points])
    top = max(heights, default=0.0)
    if not top:
        return "  no command waits longer than a second"
    lines = []
    for row in range(ROWS, 0, -1):
        cells = [round((height / top * ROWS - row + 1) * 8) for height in heights]
        bar = "".join(_EIGHTHS[min(max(cell, 0), 8)] for cell in cells)
        label = f"{top:,.0f}" if row == ROWS else ""
        lines.append(f"{label:>10} |{bar}".rstrip())
    end = duration(points[-1].at)
    lines.append(f"{'0':>10} +{'-' * COLUMNS}")
    lines.append(f"{'':>12}0 s{end:>{COLUMNS - 3}}")
    return "\n".join(lines)


def svg_chart(points: Sequence[Point]) -> str:
    """Depth and oldest age over time, each on its own scale."""
    end = points[-1].at
    deepest = max(point.queued for point in points)
    oldest = max(point.oldest_seconds for point in points)
    queue = _line(points, [p.queued for p in points], deepest, _QUEUE)
    age = _line(points, [p.oldest_seconds for p in points], oldest, _AGE)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" font-size="12" '
        'role="img" aria-label="Queue depth and age of the oldest message over time">'
    )
    parts = [
        head,
        f'<path d="M{_LEFT} {_TOP}V{HEIGHT - _BOTTOM}H{WIDTH - 10}" fill="none" stroke="{_TEXT}"/>',
        queue,
        age,
        _text(_LEFT, 18, f"waiting, maximum {deepest:,.0f}", _QUEUE),
        _text(_LEFT + 220, 18, f"oldest, maximum {duration(oldest)}", _AGE),
        _text(_LEFT, HEIGHT - 10, "0 s", _TEXT),
        _text(WIDTH - 70, HEIGHT - 10, duration(end), _TEXT),
    ]
    return "\n".join([*parts, "</svg>\n"])


def duration(seconds: float) -> str:
    """Seconds as a person says them: 45 s, 12.5 min, 3.0 h, 2.0 days."""
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (size < 86_400 and seconds >= size):  # noqa: PLR2004
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s" if seconds >= 1 or not seconds else "under 1 s"


def _columns(values: Sequence[float]) -> list[float]:
    size = len(values) / COLUMNS
    edges = [round(column * size) for column in range(COLUMNS + 1)]
    return [max(values[start : max(end, start + 1)], default=0.0) for start, end in pairwise(edges)]


def _line(points: Sequence[Point], values: Sequence[float], top: float, colour: str) -> str:
    every = max(1, len(points) // 500)
    end = points[-1].at
    corners = [(0.0, 0.0)] + [
        (point.at, value) for point, value in list(zip(points, values, strict=True))[::every]
    ]
    corners.append((end, values[-1]))
    placed = " ".join(f"{_x(at, end):.1f},{_y(value, top):.1f}" for at, value in corners)
    return f'<polyline points="{placed}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _x(at: float, end: float) -> float:
    return _LEFT + at / end * (WIDTH - _LEFT - 10)


def _y(value: float, top: float) -> float:
    return HEIGHT - _BOTTOM - (value / top if top else 0) * (HEIGHT - _BOTTOM - _TOP)


def _text(x: int, y: int, text: str, colour: str) -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}">{text}</text>'
