"""Takes the place of `handlers/__init__.py` in the zip of the project that is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.peers.work import work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api import JSON, Context, Handler


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:  # noqa: ARG001
    """Do the work that all workers do."""
    return work(command_input)


HANDLERS: Mapping[str, Handler] = {"work": handle}
