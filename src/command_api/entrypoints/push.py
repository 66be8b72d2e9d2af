"""The push function: who may connect, and which commands a connection watches.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from command_api.adapters.clients import client
from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.adapters.dynamodb.watches import DynamoDBWatches
from command_api.composition.commands import commands
from command_api.composition.deliveries import deliveries
from command_api.domain.access import Access, Caller
from command_api.domain.errors import Unidentified
from command_api.domain.watch import Viewer
from command_api.http.pushed import BadMessage, problem_message, shown, wish_of
from command_api.http.requests import scopes_of
from command_api.settings import json_object, required
from command_api.usecases.report import trouble
from command_api.usecases.watch import TooManyWatches, WatchCommands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.adapters.jwt.tokens import Tokens
    from command_api.domain.model import Command

# A connection's longest life, after which no watch of it counts:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
LONGEST = timedelta(hours=2)

logger = structured_logger()
authentication = json_object(os.environ, "AUTHENTICATION")
scopes = authentication.get("scopes") or {}
access = Access(
    authenticated=authentication.get("mode") == "jwt", admin_scope=scopes.get("admin") or ""
)
watch = WatchCommands(
    store=commands(os.environ),
    watches=DynamoDBWatches(client("dynamodb"), required(os.environ, "WATCH_TABLE")),
    limit=int(required(os.environ, "WATCHES_PER_CONNECTION")),
)


def _tokens() -> Tokens:
    """What judges tokens; imported only where there are any."""
    from command_api.adapters.jwt.keys import IssuerKeys  # noqa: PLC0415
    from command_api.adapters.jwt.tokens import Tokens  # noqa: PLC0415

    return Tokens(IssuerKeys(authentication["issuer"]), authentication["audience"])


tokens = _tokens() if access.authenticated else None


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer an authorizer's question, or a message of a connection."""
    if tokens is not None and event.get("type") == "REQUEST":
        return _authorize(event, tokens)
    if event["requestContext"]["eventType"] != "MESSAGE":
        return {"statusCode": 200}
    return {"statusCode": 200, "body": _answer(event)}


def _authorize(event: Mapping[str, Any], tokens: Tokens) -> dict[str, Any]:
    """A policy that lets in whoever has a token that may read commands.

    Trouble with the issuer is raised: the client gets 500, and may try again.
    """
    token = (event.get("queryStringParameters") or {}).get("access_token", "")
    now = datetime.now(UTC)
    try:
        claims = tokens.verified(token, now=now)
        found = scopes_of(claims)
        caller = access.caller(str(claims.get("sub") or ""), found)
    except Unidentified:
        return _policy("Deny", event, "nobody", {})
    readers = scopes.get("read") or []
    if readers and not (caller.admin or found & set(readers)):
        return _policy("Deny", event, caller.owner, {})
    left = min(LONGEST.total_seconds(), claims["exp"] - now.timestamp())
    until = now + timedelta(seconds=left)
    # A context has texts, numbers and booleans, and reaches the routes as texts.
    context = {"owner": caller.owner, "admin": str(caller.admin), "until": until.isoformat()}
    return _policy("Allow", event, caller.owner, context)


def _policy(
    effect: str, event: Mapping[str, Any], owner: str, context: Mapping[str, str]
) -> dict[str, Any]:
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": event["methodArn"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": owner, "policyDocument": policy, "context": context}


def _answer(event: Mapping[str, Any]) -> str:
    try:
        wish = wish_of(event.get("body") or "")
        viewer = _viewer(event["requestContext"])
        watch.stop(viewer, wish.unwatch)
        return shown(watch(viewer, wish.watch), _callback)
    except BadMessage as error:
        return problem_message("invalid_message", str(error))
    except Unidentified:
        return problem_message("token_expired", "The token has expired; connect with a new one.")
    except TooManyWatches:
        detail = f"A connection may watch {watch.limit} commands in all; open another one."
        return problem_message("too_many_watches", detail)
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        logger.error("watch unavailable", extra=trouble(error))  # noqa: TRY400 - it may quote input
        return problem_message("service_unavailable", "Nothing is watched. Try again later.")


def _callback(command: Command) -> dict[str, object] | None:
    if command.callback is None:
        return None
    from command_api.http.callback import callback_of  # noqa: PLC0415 - few commands have one

    return callback_of(command, deliveries(os.environ), now=datetime.now(UTC))


def _viewer(context: Mapping[str, Any]) -> Viewer:
    """The connection of a message; Unidentified where its token has expired."""
    now = datetime.now(UTC)
    connection = context["connectionId"]
    if not access.authenticated:
        return Viewer(connection=connection, caller=Caller(), until=now + LONGEST)
    said = context["authorizer"]
    until = datetime.fromisoformat(said["until"])
    if until <= now:
        raise Unidentified
    caller = Caller(owner=said["owner"], admin=said["admin"] == "True")
    return Viewer(connection=connection, caller=caller, until=until)
