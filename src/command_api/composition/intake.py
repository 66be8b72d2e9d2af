"""What this deployment accepts as commands, for the functions that read them from clients."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.schemas import HandlerSchemas
from command_api.composition.queues import queue_of, queues
from command_api.composition.scheduling import reach
from command_api.domain.envelope import is_fifo
from command_api.domain.errors import Rejected
from command_api.http.submissions import Intake
from command_api.settings import required, routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.context import Handlers


def intake(environ: Mapping[str, str], handlers: Handlers) -> Intake:
    """The types of `handlers` with the checks of their inputs, and the settings around them."""
    known = queues(environ)
    return Intake(
        types=handlers.keys(),
        routes=routes(environ),
        default_type=required(environ, "DEFAULT_COMMAND_TYPE"),
        fifo=is_fifo(required(environ, "QUEUE_URL")),
        check=HandlerSchemas().violations,
        refuse_url=partial(_refusal, environ),
        reach=reach(environ),
        priorities=known.priorities,
        queue_of=partial(queue_of, known, handlers),
    )


def _refusal(environ: Mapping[str, str], url: str) -> str:
    """What is wrong with a callback's URL, empty where nothing is."""
    if not environ.get("WEBHOOK_ALLOWED_HOSTS"):
        return "callbacks are disabled in this environment"
    from command_api.webhooks.destination import Destination  # noqa: PLC0415 - few have a callback
    from command_api.webhooks.rules import Rules  # noqa: PLC0415

    try:
        Destination.of(url, Rules.read())
    except Rejected as refused:
        return refused.message
    return ""
