"""Telling endings in batches, so that one that is refused does not repeat the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.adapters.availability import unavailable
from command_api.domain.errors import Unavailable
from command_api.domain.ports import Untold

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
    told = [(change, ending) for change in changes if (ending := change.ending)]
    untold: list[Untold] = []
    for start in range(0, len(told), BATCH):
        part = told[start : start + BATCH]
        try:
            with unavailable():
                refused = [*send([ending for _, ending in part])]
        except Unavailable as error:
            return [*untold, *(Untold(change, str(error)) for change, _ in told[start:])]
        untold += [Untold(part[place][0], code, retryable) for place, code, retryable in refused]
    return untold
