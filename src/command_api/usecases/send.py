"""Send commands together, and each alone where one of them keeps the others from being sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from command_api.domain.model import Command
    from command_api.domain.ports import CommandSender


def send_each(
    sender: CommandSender, commands: Sequence[Command], failed: Callable[[str, Exception], None]
) -> Collection[str]:
    """The ids of those that were sent; errors that only one command explains go to `failed`.

    What was sent before the error is sent twice, which the worker finds out by the record.
    """
    try:
        return frozenset(sender.send(commands))
    except (Unavailable, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - the edge: an entry as nobody foresaw it
        if len(commands) == 1:
            failed(commands[0].id, error)
            return frozenset()
    return frozenset(one for each in commands for one in send_each(sender, [each], failed))
