"""The interface of an extension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator


class Extension(Protocol):
    """One thing that AWS does and the emulator does not."""

    def matches(self, request: Request) -> bool:
        """Whether this extension answers the request; the body is not read yet."""

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The answer that AWS would give."""
