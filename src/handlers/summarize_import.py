"""`summarize_import`: add up what the commands of an import have stored, once all have ended.

docs/examples/import_file.md says what a client may expect. It is the command that follows a batch
of import_orders: `{"when": "all", "type": "summarize_import", "input": {"commands": 100}}`.
"""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypedDict, cast

from command_api import JSON, Context, Rejected

if TYPE_CHECKING:
    from command_api.domain.model import Command
    from handlers import import_orders

DEFAULT_LINES = 100
# The result names so many lines and commands at most, and counts all of them.
MOST_NAMED = 100
_FOLLOWS = ".then"


class Input(TypedDict, total=False):
    """What summarize_import.schema.json has let through."""

    commands: int
    linesPerCommand: int


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Read the result of each command; lines are counted from 1, as an editor counts them."""
    asked = cast("Input", command_input)
    batch_id = context.command.id.removesuffix(_FOLLOWS)
    if batch_id == context.command.id:
        raise Rejected("This type runs as `then` of a batch.", code="not_after_a_batch")
    lines = int(asked.get("linesPerCommand", DEFAULT_LINES))
    stored = 0
    refused: list[JSON] = []
    failed: list[JSON] = []
    for place, command in _members(batch_id, int(asked["commands"]), context):
        result = command.result if command else None
        if not isinstance(result, dict) or "stored" not in result:
            failed.append({"id": f"{batch_id}.{place}", "firstLine": place * lines + 1})
            continue
        stored += cast("int", result["stored"])
        refused += [
            {"line": place * lines + one["place"] + 1, "code": one["code"]}
            for one in cast("list[import_orders.Refused]", result["refused"])
        ]
    context.logger.info("import summarized", extra={"stored": stored, "refused": len(refused)})
    return {
        "stored": stored,
        "refused": len(refused),
        "failedCommands": len(failed),
        "refusedLines": refused[:MOST_NAMED],
        "failed": failed[:MOST_NAMED],
    }


def _members(batch_id: str, count: int, context: Context) -> Iterator[tuple[int, "Command | None"]]:
    """The commands of a batch by their place, as the table has them now."""
    from command_api import records  # noqa: PLC0415 - few workers summarize an import
    from command_api.aws import client  # noqa: PLC0415

    table = os.environ["TABLE_NAME"]
    store = records.store(client("dynamodb"), table, os.environ.get("TTL_ATTRIBUTE", "expiresAt"))
    for place in range(count):
        member = store.get(f"{batch_id}.{place}", newest=True)
        # Who submits a batch reads its commands, and no others.
        if member is not None and member.owner != context.command.owner:
            raise Rejected("The batch belongs to another owner.", code="not_your_batch")
        yield place, member
