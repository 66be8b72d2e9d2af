"""Goes into the zip as its `handlers` package: work that leaves traces, and faults on demand.

The command's id says what shall go wrong: `17.after_claim` kills the process once, right after the
claim of that command was written. What happened is noted in a table of its own.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import botocore.client

from command_api import Rejected, Retryable
from command_api.adapters.clients import client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api import JSON, Context, Handlers

TRACES = os.environ["TRACES_TABLE"]
SEED, RATE = os.environ["FAULT_SEED"], float(os.environ["FAULT_RATE"])


class Trouble(Exception):
    """A call that failed, or whose answer got lost."""


class Faults:
    """What stands between the function and AWS."""

    def __init__(self) -> None:
        self.call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
        self.counts: Counter[str] = Counter()
        self.lock = Lock()
        self.process = ""

    def install(self) -> None:
        """Come between every client and its calls."""
        faults = self

        def call(client: Any, operation: str, arguments: Mapping[str, Any]) -> Any:
            if arguments.get("TableName") == TRACES:
                return faults.call(client, operation, arguments)
            return faults.watched(client, operation, arguments)

        botocore.client.BaseClient._make_api_call = call  # type: ignore[attr-defined]

    def watched(self, client: Any, operation: str, arguments: Mapping[str, Any]) -> Any:
        """The call, with what may go wrong before and after it."""
        command_id, name = _command_id(arguments), _name(operation, arguments)
        self.perhaps_die(command_id, f"before_{name}")
        trouble = self.trouble(command_id, name) if "TableName" in arguments else ""
        if trouble == "before":
            raise Trouble(name)
        answer = self.call(client, operation, arguments)
        self.perhaps_die(command_id, f"after_{name}")
        if trouble == "after":
            raise Trouble(name)
        return answer

    def perhaps_die(self, command_id: str, point: str) -> None:
        """Die where the command's id says so, once per point; `deadly` dies always."""
        wish = command_id.partition(".")[2]
        if wish == point and first_time(f"death#{command_id}"):
            os._exit(1)

    def trouble(self, command_id: str, name: str) -> str:
        """Whether this call fails: the same for the same seed, process, command and count."""
        if not RATE:
            return ""
        with self.lock:
            self.process = self.process or str(ordinal())
            key = f"{command_id}/{name}"
            self.counts[key] += 1
            text = f"{SEED}/{self.process}/{key}/{self.counts[key]}"
        share = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
        # Half of the failing calls do their work, and only the answer gets lost.
        return "before" if share < RATE / 2 else "after" if share < RATE else ""


def work(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Do one command's work in the way that its input names."""
    command_id, kind = context.command.id, str(command_input.get("kind", "plain"))
    trace("run", context)
    FAULTS.perhaps_die(command_id, "before_effect")
    time.sleep(0.02)
    if kind == "deadly" and not healed():
        os._exit(1)
    if kind == "slow" and context.attempt == 1:
        time.sleep(60)
    if kind == "once":
        context.once("effect", lambda: trace("effect", context))
        trace("kept", context)
    elif kind == "keyed":
        trace("effect", context, key=context.idempotency_key)
    else:
        trace("effect", context)
    FAULTS.perhaps_die(command_id, "after_effect")
    if kind == "rejected":
        raise Rejected("No.")
    if (kind == "failing" and not healed()) or (kind == "flaky" and context.attempt == 1):
        raise Retryable("Not now.", after=0)
    if kind == "raising" and not healed():
        raise RuntimeError(kind)
    return {"kind": kind}


def trace(what: str, context: Context, key: str = "") -> None:
    """Note what happened, outside of the table under test; one key leaves one trace."""
    item = {
        "id": {"S": f"{what}#{context.command.id}#{key or uuid4().hex}"},
        "what": {"S": what},
        "command": {"S": context.command.id},
        "attempt": {"N": str(context.attempt)},
        "at": {"N": str(time.time())},
    }
    client("dynamodb").put_item(TableName=TRACES, Item=item)


def healed() -> bool:
    """Whether what made the commands fail was repaired."""
    found = client("dynamodb").get_item(TableName=TRACES, Key={"id": {"S": "healed"}})
    return "Item" in found


def first_time(mark: str) -> bool:
    """True once for every mark, over all processes."""
    dynamodb = client("dynamodb")
    try:
        dynamodb.put_item(
            TableName=TRACES,
            Item={"id": {"S": mark}, "what": {"S": "death"}},
            ConditionExpression="attribute_not_exists(id)",
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def ordinal() -> int:
    """Which process of the run this is."""
    answer = client("dynamodb").update_item(
        TableName=TRACES,
        Key={"id": {"S": "processes"}},
        UpdateExpression="ADD started :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["started"]["N"])


def _command_id(arguments: Mapping[str, Any]) -> str:
    if "Key" in arguments:
        return str(arguments["Key"]["id"]["S"])
    attributes: dict[str, Any] = arguments.get("MessageAttributes", {})
    return str(attributes.get("command_id", {}).get("StringValue", ""))


def _name(operation: str, arguments: Mapping[str, Any]) -> str:
    expression = arguments.get("UpdateExpression", "")
    if operation == "SendMessage":
        return "condemn" if "MessageGroupId" in arguments else "renew"
    if operation != "UpdateItem":
        return operation
    if "#steps.#name" in expression:
        return "step"
    return "claim" if ":leaseExpiresAt" in expression else "finish"


FAULTS = Faults()
FAULTS.install()
HANDLERS: Handlers = {"work": work}
