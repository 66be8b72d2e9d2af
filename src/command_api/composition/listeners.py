"""Who is told of changes of commands, by what an environment has turned on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from command_api.adapters.clients import client
from command_api.settings import json_object, required

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from command_api.domain.listeners import Listener
    from command_api.domain.model import Command


def listeners(environ: Mapping[str, str], message: Callable[[Command], str]) -> Sequence[Listener]:
    """The listeners of an environment; only what is turned on is imported.

    `message` is a command as whoever watches it is told of it.
    """
    found: list[Listener] = []
    if environ.get("EVENT_BUS"):
        from command_api.adapters.events.eventbridge import EventBridge  # noqa: PLC0415

        source = required(environ, "EVENT_SOURCE")
        found.append(EventBridge(partial(client, "events"), environ["EVENT_BUS"], source))
    if environ.get("EVENT_TOPIC"):
        from command_api.adapters.events.sns import Topic  # noqa: PLC0415

        found.append(Topic(partial(client, "sns"), environ["EVENT_TOPIC"]))
    if environ.get("PUSH_ENDPOINT"):
        from command_api.adapters.dynamodb.watches import DynamoDBWatches  # noqa: PLC0415
        from command_api.adapters.push.connections import ApiGatewayConnections  # noqa: PLC0415
        from command_api.adapters.push.listener import Push  # noqa: PLC0415

        endpoint = environ["PUSH_ENDPOINT"]
        watches = DynamoDBWatches(client("dynamodb"), required(environ, "WATCH_TABLE"))
        connections = ApiGatewayConnections(
            partial(client, "apigatewaymanagementapi", endpoint=endpoint)
        )
        found.append(Push(watches=watches, connections=connections, message=message))
    if environ.get("WEBHOOK_QUEUE_URL"):
        from command_api.adapters.sqs.deliveries import Deliveries  # noqa: PLC0415
        from command_api.adapters.sqs.sender import SQSSender  # noqa: PLC0415
        from command_api.domain.delivery import endpoints_of  # noqa: PLC0415

        sender = SQSSender(partial(client, "sqs"), environ["WEBHOOK_QUEUE_URL"], fair=True)
        found.append(Deliveries(sender, endpoints_of(json_object(environ, "WEBHOOK_ENDPOINTS"))))
    return found
