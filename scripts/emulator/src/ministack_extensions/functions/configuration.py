"""What Lambda knows of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack_extensions.http import Request

if TYPE_CHECKING:
    from ministack_extensions.upstream import Emulator


async def configuration(name: str, region: str, emulator: Emulator) -> dict[str, Any] | None:
    """The function's configuration; None where there is no such function."""
    request = Request("GET", f"/2015-03-31/functions/{name}/configuration")
    answer = await emulator.call(emulator.signed("lambda", region, request))
    return answer.json() if answer.ok else None
