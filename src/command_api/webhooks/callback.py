"""Deliver the news of an ending to the receiver that a client or the environment has named."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict, cast

from command_api.domain.delivery import CALLBACK, KEPT
from command_api.domain.errors import Rejected
from command_api.webhooks.circuits import Circuits
from command_api.webhooks.delivery import MAX_SECONDS, deliver
from command_api.webhooks.destination import Destination
from command_api.webhooks.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.context import Context
    from command_api.domain.model import JSON


class Input(TypedDict):
    """What `domain.delivery` puts into the message."""

    receiver: str
    url: str
    body: str
    # Tells the messages of one delivery apart.
    sent: str


# A receiver that is being set up answers 401 or 404 as well; only Gone says that it never will.
# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
_LATER = frozenset({*range(400, 410), *range(411, 600)})
# Ends of a delivery that the receiver's answer has caused: 410, and a redirect.
_ANSWERED = frozenset({"webhook_refused", "webhook_redirected"})
# Of the first try: many deliveries to a receiver that hangs take that much of everybody's time.
FIRST_SECONDS = 5.0

circuits = Circuits()


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Deliver once, with the same body and the same id on every try.

    What no message is left of can be replayed from the record: a success has it in the result, and
    what the receiver's answer has ended in a step.
    """
    asked, rules = cast("Input", command_input), Rules.read()
    if asked["receiver"] != CALLBACK:
        # The environment may call whom it names. No client may, for whom those hosts are closed.
        rules = replace(rules, hosts=("*",))
    to = Destination.of(asked["url"], rules)
    secrets = [purpose for purpose in os.environ.get("WEBHOOK_SECRETS", "").split(",") if purpose]
    seconds = FIRST_SECONDS if context.attempt == 1 else MAX_SECONDS
    try:
        with circuits.calling(to.host):
            delivered = deliver(
                to,
                asked["body"].encode(),
                rules,
                context,
                secrets=secrets,
                later=_LATER,
                most_seconds=seconds,
            )
    except Rejected as ended:
        if ended.code in _ANSWERED:
            context.once(KEPT, lambda: dict(command_input))
        raise
    return {**delivered, KEPT: dict(command_input)}
