"""Who is told of changes of commands, by what an environment has turned on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from command_api.domain.ports import Listener


def listeners(environ: Mapping[str, str]) -> Sequence[Listener]:  # noqa: ARG001 - none yet
    """The listeners of an environment."""
    return ()
