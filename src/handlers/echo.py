"""`echo`: answer with the input, the smallest handler there is."""

from collections.abc import Mapping

from command_api import JSON, Context


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Return the input and which attempt returned it."""
    context.logger.info("echoing")
    return {"echo": command_input, "attempt": context.attempt}
