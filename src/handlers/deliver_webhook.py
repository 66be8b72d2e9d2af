"""`deliver_webhook`: POST a JSON payload to an address on the internet.

docs/examples/deliver_webhook.md says what a receiver gets, and where webhooks may go.
"""

import json
from collections.abc import Mapping
from typing import TypedDict, cast

from command_api import JSON, Context

_TRY_LATER = frozenset({408, 425, 429, *range(500, 600)})


class Input(TypedDict):
    """What deliver_webhook.schema.json has let through."""

    url: str
    payload: JSON


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Deliver once: a success is stored before the command ends, so a retry does not repeat it."""
    from command_api.webhooks.delivery import deliver  # noqa: PLC0415 - TLS costs a cold start
    from command_api.webhooks.destination import Destination  # noqa: PLC0415
    from command_api.webhooks.rules import Rules  # noqa: PLC0415

    asked, rules = cast("Input", command_input), Rules.read()
    to = Destination.of(asked["url"], rules)
    body = json.dumps(asked["payload"], separators=(",", ":")).encode()
    secrets = [rules.secret] if rules.secret else []
    return context.once(
        "delivered",
        lambda: deliver(to, body, rules, context, secrets=secrets, later=_TRY_LATER),
    )
