"""Telling endings in batches, so that one that is refused does not repeat the others.

Each entry of a request is taken or refused for itself. No ending of a command may overtake an
earlier one, so a request has one of each command at most, and what follows a refused one waits.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from command_api.adapters.availability import unavailable
from command_api.domain.errors import Unavailable
from command_api.domain.listeners import Untold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from command_api.domain.ending import Change, Ending

# Of PutEvents and of PublishBatch. An event has less than 3 KB, so that ten fit into any request.
BATCH = 10


def tell(
    changes: Sequence[Change],
    send: Callable[[Sequence[Ending]], Iterable[tuple[int, str, bool]]],
) -> Sequence[Untold]:
    """Send the endings among changes, ten at a time, until the service is away.

    `send` returns the places of those that were refused, with the service's code and whether they
    may be tried again.
    """
    waiting: dict[str, list[tuple[Change, Ending]]] = {}
    for change in changes:
        if ending := change.ending:
            waiting.setdefault(change.after.id, []).append((change, ending))
    untold: list[Untold] = []
    while waiting:
        part = [*islice(waiting, BATCH)]
        try:
            with unavailable():
                answers = send([waiting[command_id][0][1] for command_id in part])
                refused = {place: (code, retryable) for place, code, retryable in answers}
        except Unavailable as error:
            rest = [change for endings in waiting.values() for change, _ in endings]
            return [*untold, *(Untold(change, str(error)) for change in rest)]
        for place, command_id in enumerate(part):
            (change, _), *later = waiting.pop(command_id)
            if place in refused:
                code, retryable = refused[place]
                untold.append(Untold(change, code, retryable))
                if retryable:
                    untold += [Untold(one, code) for one, _ in later]
                    continue
            if later:
                waiting[command_id] = later
    return untold
