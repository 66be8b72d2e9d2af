"""What Terraform is waiting for, told while it works."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from scripts.cli import many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from scripts.build.terraform.diagnostics import Event

_STARTS = {"apply_start", "apply_progress"}
_ENDS = {"apply_complete", "apply_errored"}
_SLOW_SECONDS = 5
# Why something takes long, by resource type: waits that the provider has built in.
_REASONS = {"aws_sqs_queue": "the AWS provider waits 25 s per queue"}


@dataclass
class Progress:
    """The operations under way and a count of the finished ones."""

    title: str
    finished: int = 0
    under_way: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def take(self, event: Event) -> bool:
        """Note an event of Terraform; True where an operation on a resource has just ended."""
        if event.action == "read":
            return False  # a data source
        if event.kind in _STARTS:
            self.under_way.setdefault(event.address, time.monotonic())
        elif event.kind in _ENDS and event.address in self.under_way:
            del self.under_way[event.address]
            self.finished += 1
            return True
        return False

    def __rich__(self) -> Group:
        """The lines to show right now."""
        now = time.monotonic()
        head = f"{self.title}: {many(self.finished, 'resource')} done, {now - self.began:.0f} s"
        waiting = [
            Text(f"    {address} {now - since:.0f} s{_reason(address)}", style="dim")
            for address, since in sorted(self.under_way.items(), key=lambda pair: pair[1])
        ]
        return Group(Spinner("dots", Text(head)), *waiting)


@contextmanager
def shown(console: Console, title: str) -> Iterator[Callable[[Event], object]]:
    """Show progress: a live list on a terminal, a line per slow resource elsewhere."""
    progress = Progress(title)

    def plain(event: Event) -> None:
        reason = _reason(event.address)
        if event.kind == "apply_start" and reason:
            console.print(f"  {event.address}: started{reason}")
        if progress.take(event) and event.elapsed >= _SLOW_SECONDS:
            console.print(f"  {event.message.strip()}")

    if not console.is_terminal:
        console.print(f"{title} ...")
        yield plain
    else:
        with Live(progress, console=console, transient=True, refresh_per_second=8):
            yield progress.take
    took = time.monotonic() - progress.began
    changed = (
        f"{many(progress.finished, 'resource')} changed" if progress.finished else "no changes"
    )
    console.print(f"{title}: {changed}, {took:.0f} s")


def _reason(address: str) -> str:
    for kind, reason in _REASONS.items():
        if f"{kind}." in address:
            return f" ({reason})"
    return ""
