"""Connections of a WebSocket API, from outside.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from command_api.adapters.availability import unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

_GONE = "GoneException"
# Its client reads too slowly, after the client here has tried again.
_TOO_SLOW = "LimitExceededException"


@dataclass(frozen=True, eq=False, repr=False)
class ApiGatewayConnections:
    """The connections of one stage; the client is made when one is watched by anybody."""

    client: Callable[[], Any]

    def post(self, connection: str, message: str) -> bool:
        """Post a message, unless the connection is gone or its client is too slow."""
        try:
            with unavailable():
                self.client().post_to_connection(ConnectionId=connection, Data=message.encode())
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in (_GONE, _TOO_SLOW):
                raise
            if code == _TOO_SLOW:
                # It comes back and asks for what it has missed; the others need not wait for it.
                self.close(connection)
            return False
        return True

    def close(self, connection: str) -> None:
        """Delete the connection."""
        try:
            with unavailable():
                self.client().delete_connection(ConnectionId=connection)
        except ClientError as error:
            if error.response["Error"]["Code"] != _GONE:
                raise
