"""An answer's head and the beginning of its body, in one write.

Hypercorn writes them one after the other. Go's AWS SDK closes its request's body once it has the
head of the answer; where Go's client is not yet done with that body, it gives up the connection.
Without the answer's body the SDK asks once more, and hears that what it has made exists already.
https://github.com/golang/go/blob/go1.23.10/src/net/http/transport.go (persistConn.writeLoop)
"""

from __future__ import annotations

from typing import Any

import h11
from hypercorn.events import RawData
from hypercorn.protocol.h11 import H11Protocol


def write_whole_answers() -> None:
    """Let every connection of this process keep the head of an answer until something follows."""
    H11Protocol._send_h11_event = _send  # type: ignore[method-assign,assignment]  # noqa: SLF001


async def _send(protocol: Any, event: Any) -> None:  # noqa: ANN401 - in the place of a method
    try:
        data = protocol.connection.send(event)
    except h11.LocalProtocolError:  # as Hypercorn does: the client broke the protocol first
        if protocol.connection.their_state is not h11.ERROR:
            raise
        return
    if isinstance(event, h11.Response):
        protocol.head = data
        return
    head, protocol.head = getattr(protocol, "head", b""), b""
    await protocol.send(RawData(data=head + data))
