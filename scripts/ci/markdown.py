"""What people read on GitHub: plans and previews as Markdown that their content cannot break."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scripts.ci.report import Report

# GitHub takes 65,536 characters; bytes are counted here, so that no script is too long.
LIMIT = 65_000
_SMALLEST = 500  # bytes of a plan below which showing a piece of it tells nothing
_WARNINGS = 3  # of an environment; the run's log has them all
_UNSEEN = re.compile(r"\x1b\[[0-9;]*m|[^\S\n\t ]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TURNED = re.compile(
    r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)  # text that reads otherwise
_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%-]+")


def plan_page(reports: Sequence[Report], *, run_url: str, limit: int = LIMIT) -> str:
    """Return all plans on one page: warnings, a table, Terraform's text for each environment.

    The page has at most ``limit`` bytes: each plan that changes something gets an equal share of
    what is left, and a cut says so with a link to the run.
    """
    lines = [
        "## Terraform plan",
        "",
        *(
            f":warning: {_cell(one.environment)} {_cell(warning)}\n"
            for one in reports
            for warning in one.changes.warnings[:_WARNINGS]
        ),
        "| environment | add | change | destroy | |",
        "| --- | --- | --- | --- | --- |",
        *(_row(one) for one in reports),
    ]
    if not reports:
        lines = ["## Terraform plan", "", f"No plan; for the reason see [the run]({run_url})."]
    shown = [one for one in reports if one.text and one.changed]
    page = "\n".join(lines) + "\n"
    share = (limit - len(page.encode())) // max(1, len(shown))
    return page + "".join(_details(one, share, run_url) for one in shown)


def preview_page(urls: Mapping[str, str]) -> str:
    """Return where a preview is: one row for each name and URL."""
    rows = [f"| {_cell(name)} | {_link(url)} |" for name, url in urls.items()]
    return "\n".join(["## Preview", "", "| | |", "| --- | --- |", *rows]) + "\n"


def fenced(text: str) -> str:
    """Return text as a code block that nothing in the text can end."""
    text = _plain(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _row(one: Report) -> str:
    if one.error:
        why = f":x: {_cell(one.error)}"
    elif not one.changed:
        why = "no changes"
    else:
        why = ""
    numbers = one.changes
    return (
        f"| {_cell(one.environment)} | {numbers.add} | {numbers.change} | {numbers.destroy} |"
        f" {why} |"
    )


def _details(one: Report, share: int, run_url: str) -> str:
    before = f"\n<details><summary>{one.environment}</summary>\n\n"
    after = "\n</details>\n"
    room = share - len((before + after).encode())
    block = fenced(one.text)
    if len(block.encode()) > room:
        note = f"\nTruncated; the full plan is in [the run]({run_url}).\n"
        # Fences may take a few bytes more than the text alone.
        room -= len(note.encode()) + len(block.encode()) - len(_plain(one.text).encode())
        if room < _SMALLEST:
            return f"\n{one.environment}: too long to show; see [the run]({run_url}).\n"
        head = _plain(one.text).encode()[:room].decode(errors="ignore")
        block = fenced(head.rpartition("\n")[0] or head) + note
    return before + block + after


def _plain(text: str) -> str:
    return _TURNED.sub("\N{REPLACEMENT CHARACTER}", _UNSEEN.sub("", text))


def _cell(text: str) -> str:
    # As code, and never with the character that would end it or the cell; no one is mentioned.
    words = " ".join(_plain(text).split()).replace("`", "'").replace("|", "¦")
    return f"`{words[:500]}`" if words else ""


def _link(url: str) -> str:
    if not _URL.fullmatch(url):
        raise OperatorError(f"{url[:200]!a} is not a valid URL")
    return f"<{url}>"
