"""What ends batches, for the functions that see their last member end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.composition.batches import batches, transferring
from command_api.composition.outbox import outbox, sender
from command_api.composition.queues import queue_of, queues
from command_api.settings import message_life, retention
from command_api.usecases.count import EndBatch
from command_api.usecases.submit import SubmitCommands

if TYPE_CHECKING:
    from collections.abc import Mapping
    from logging import Logger

    from command_api.domain.context import Handlers


def ending(environ: Mapping[str, str], handlers: Handlers, logger: Logger) -> EndBatch:
    """End batches; those that have results to list are named in the queue of transfers."""
    known = queues(environ)
    return EndBatch(
        batches=batches(environ),
        submit=SubmitCommands(
            outbox=outbox(environ),
            sender=sender(environ),
            logger=logger,
            message_life=message_life(environ),
            queues=known,
        ),
        logger=logger,
        retention=retention(environ),
        queue_of=partial(queue_of, known, handlers),
        list_results=transferring(environ),
    )
