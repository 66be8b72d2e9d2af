"""What a FIFO queue promises: within a group one command after the other, as they were sent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from command_api.domain.model import Command
    from tests.faults.ledger import Trace
    from tests.faults.scenarios import Planned


def out_of_order(
    commands: Iterable[Planned],
    found: Mapping[str, Command],
    traces: Mapping[str, Sequence[Trace]],
    *,
    since: float,
) -> list[str]:
    """Which commands began, after `since` (epoch), before one ahead of them had ended.

    A redrive sends the dead-letter messages of a group again in the order in which they came there,
    which is their own; what else the group had is over by then.
    """
    wrong: list[str] = []
    lines: dict[str, list[Planned]] = defaultdict(list)
    for command in commands:
        ahead = lines[command.group]
        began = min(_moments(traces, command, "run", since), default=None)
        if began is not None:
            overtaken = [one.id for one in ahead if not _over(one, began, found, traces, since)]
            wrong += [f"{command}: began before {overtaken} had ended"] if overtaken else []
        ahead.append(command)
    return wrong


def _over(
    command: Planned,
    at: float,
    found: Mapping[str, Command],
    traces: Mapping[str, Sequence[Trace]],
    since: float,
) -> bool:
    """Whether the command had ended at that time, as its record says, and its work was done."""
    ended = found.get(command.id)
    effects = _moments(traces, command, "effect", since)
    return ended is not None and max([ended.updated_at.timestamp(), *effects]) <= at


def _moments(
    traces: Mapping[str, Sequence[Trace]], command: Planned, what: str, since: float
) -> list[float]:
    return [one.at for one in traces[command.id] if one.what == what and one.at > since]
