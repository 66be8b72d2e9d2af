"""Goes into the zip as its `handlers` package: work that leaves traces, and faults on demand.

The command's id says what shall go wrong: `17.after_claim` kills the process once, right after the
claim of that command was written; `17.killer` kills every process before its claim is written,
until the run is healed. What happened is noted in a table of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import time
from collections import Counter
from decimal import Decimal
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import botocore.client
from botocore.exceptions import ConnectionClosedError

from command_api import Registered, Rejected, Retryable
from command_api.adapters.clients import client
from command_api.domain.effects import Put
from tests.http_faults import Fault, install

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from botocore.awsrequest import AWSPreparedRequest

    from command_api import JSON, Context, Handlers, Outcome

TRACES = os.environ["TRACES_TABLE"]
# Of so many calls of a kind in a row, two kill the process and two fail; "*" is every other kind.
IN_TURN: Mapping[str, int] = json.loads(os.environ.get("FAULT_TURNS", "{}"))
SEED, RATE = os.environ["FAULT_SEED"], float(os.environ["FAULT_RATE"])
# Until then (epoch seconds) every HTTP attempt of DynamoDB fails, those for the traces left out.
OUTAGE_UNTIL = float(os.environ["FAULT_OUTAGE_UNTIL"])
# Three attempts of a failing command take a few seconds, not the default minute.
BASE_SECONDS = 1.0
_KILLER = re.compile(rb'"(\d+\.killer)"')


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
        lost = ConnectionClosedError(endpoint_url=operation)
        call = partial(self.call, client, operation, arguments)
        if operation in IN_TURN or "*" in IN_TURN:
            return self.in_turn(_name(operation, arguments), call, lost)
        command_id, name = _command_id(arguments), _name(operation, arguments)
        self.perhaps_die(command_id, f"before_{name}")
        table = "TableName" in arguments or name == "commit"
        trouble = self.trouble(command_id, name) if table else ""
        if trouble == "before":
            raise ConnectionClosedError(endpoint_url=name)
        answer = self.call(client, operation, arguments)
        self.perhaps_die(command_id, f"after_{name}")
        if trouble == "after":
            raise ConnectionClosedError(endpoint_url=name)
        return answer

    def in_turn(self, what: str, call: Callable[[], Any], lost: Exception) -> Any:
        """Of each so many calls in a row, over all processes, two kill theirs and two fail."""
        turn = ordinal(f"calls#{what}") % (IN_TURN.get(what) or IN_TURN["*"])
        if turn in (1, 2, 3, 4):
            ordinal(f"fault#{what}")
        if turn == 1:
            os._exit(1)
        if turn == 2:
            raise lost
        answer = call()
        if turn == 3:
            os._exit(1)
        if turn == 4:
            raise lost
        return answer

    def perhaps_die(self, command_id: str, point: str) -> None:
        """Die where the command's id says so, once per point."""
        wish = command_id.partition(".")[2]
        if wish == point and first_time(f"death#{command_id}"):
            os._exit(1)

    def trouble(self, command_id: str, name: str) -> str:
        """Whether this call fails: the same for the same seed, process, command and count."""
        if not RATE:
            return ""
        with self.lock:
            self.process = self.process or str(ordinal("processes"))
            key = f"{command_id}/{name}"
            self.counts[key] += 1
            text = f"{SEED}/{self.process}/{key}/{self.counts[key]}"
        share = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
        # Half of the failing calls do their work, and only the answer gets lost.
        return "before" if share < RATE / 2 else "after" if share < RATE else ""


def http_fault(request: AWSPreparedRequest) -> Fault | None:
    """How an HTTP attempt fails; a process that speaks to the table of a killer dies."""
    body = request.body if isinstance(request.body, bytes) else b""
    if TRACES.encode() in body:
        return None
    if (killer := _KILLER.search(body)) and not healed():
        first_time(f"death#{killer[1].decode()}")
        os._exit(1)
    return random.choice(tuple(Fault)) if time.time() < OUTAGE_UNTIL else None  # noqa: S311


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
    if kind == "committed":
        return context.commit({"kind": kind}, [Put(TRACES, _committed(context))])
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


def _committed(context: Context) -> dict[str, object]:
    """The trace of an effect that is committed: each commit would leave one of its own."""
    return {
        "id": f"effect#{context.command.id}#{uuid4().hex}",
        "what": "effect",
        "command": context.command.id,
        "attempt": context.attempt,
        "at": Decimal(str(time.time())),
    }


def work_many(
    inputs: Sequence[Mapping[str, JSON]], contexts: Sequence[Context]
) -> Sequence[Outcome]:
    """Do the work of each command, and answer what it would have raised alone."""
    answers: list[Outcome] = []
    for command_input, context in zip(inputs, contexts, strict=True):
        try:
            answers.append(work(command_input, context))
        except BaseException as error:  # noqa: BLE001 - the answer to one command
            answers.append(error)
    return answers


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


def ordinal(what: str) -> int:
    """Which of its kind this is in the run: a process, or a call."""
    answer = client("dynamodb").update_item(
        TableName=TRACES,
        Key={"id": {"S": what}},
        UpdateExpression="ADD started :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["started"]["N"])


def _command_id(arguments: Mapping[str, Any]) -> str:
    if "TransactItems" in arguments:
        return _command_id(arguments["TransactItems"][0]["Update"])
    if "Key" in arguments:
        return str(arguments["Key"]["id"]["S"])
    attributes: dict[str, Any] = arguments.get("MessageAttributes", {})
    return str(attributes.get("command_id", {}).get("StringValue", ""))


def _name(operation: str, arguments: Mapping[str, Any]) -> str:
    if operation == "SendMessage":
        return "dead_letter" if arguments["QueueUrl"] == os.environ["DLQ_URL"] else "copy"
    if operation == "TransactWriteItems":
        return "commit"
    if operation != "UpdateItem":
        return operation
    # Names of the port's methods, told by what they write: only a claim sets a lease.
    written, _, _ = arguments.get("UpdateExpression", "").partition("REMOVE")
    if "#steps." in written:
        return "step"
    return "claim" if "leaseExpiresAt" in written else "finish"


FAULTS = Faults()
FAULTS.install()
install(http_fault)
HANDLERS: Handlers = {
    "work": Registered(handle=work, base_seconds=BASE_SECONDS),
    "works": Registered(handle_many=work_many, base_seconds=BASE_SECONDS),
}
