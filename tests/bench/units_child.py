"""Runs inside the process that `units.py` starts: `units_child.py HANDLER direct|validated`.

The write units of one command end up on stderr.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from threading import Lock
from typing import TYPE_CHECKING, Any

import botocore.handlers
from botocore.session import get_session

from tests.bench.events import event, lambda_context, record

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS, INPUT_BYTES = 5, 16 * 1024
BODY = json.dumps({"type": "work", "input": {"seconds": 0, "text": "x" * INPUT_BYTES}})
WRITES = {"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"}


class Meter:
    """Asks every write what it costs, and adds up."""

    def __init__(self) -> None:
        self.units = self.index_units = 0.0
        self._lock = Lock()

    def ask(self, params: dict[str, Any], model: Any, **_: object) -> None:
        """Ask for the answer with the units."""
        if model.name in WRITES:
            params["ReturnConsumedCapacity"] = "INDEXES"

    def note(self, parsed: Mapping[str, Any], model: Any, **_: object) -> None:
        """Add up an answer; a refused write costs units too, but no answer says how many."""
        if model.name not in WRITES:
            return
        if "Error" in parsed:
            raise SystemExit(f"{model.name} failed: {parsed['Error']}; its units are unknown")
        consumed = parsed["ConsumedCapacity"]
        with self._lock:
            for one in consumed if isinstance(consumed, list) else [consumed]:
                self.units += one["CapacityUnits"]
                indexes = one.get("GlobalSecondaryIndexes", {}).values()
                self.index_units += sum(index["CapacityUnits"] for index in indexes)


def main(handler_name: str, mode: str) -> float:
    """Write units of one command."""
    meter = Meter()
    botocore.handlers.BUILTIN_HANDLERS.append(("before-parameter-build.dynamodb", meter.ask))
    botocore.handlers.BUILTIN_HANDLERS.append(("after-call.dynamodb", meter.note))
    handle, context = _loaded(handler_name), lambda_context()
    if mode == "direct":
        _handled(handle(event(range(COMMANDS), BODY), context))
        return meter.units / COMMANDS
    submit = _loaded("command_api.entrypoints.submit.handler")
    for _ in range(COMMANDS):
        answer = submit(
            {
                "routeKey": "POST /commands",
                "headers": {"content-type": "application/json"},
                "body": BODY,
            },
            context,
        )
        if answer["statusCode"] != 202:
            raise SystemExit(f"not accepted: {answer}")
        message = _received()
        command_id = message["MessageAttributes"]["command_id"]["StringValue"]
        _handled(handle({"Records": [record(command_id, message["Body"])]}, context))
    if not meter.index_units:
        raise SystemExit("no write touched the index: make INDEX of units.py that of modules/data")
    return meter.units / COMMANDS


def _loaded(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _handled(answer: Mapping[str, Any]) -> None:
    if answer["batchItemFailures"]:
        raise SystemExit(f"not all commands ran: {answer}")


def _received() -> dict[str, Any]:
    sqs: Any = get_session().create_client("sqs")
    url = os.environ["QUEUE_URL"]
    answer = sqs.receive_message(
        QueueUrl=url, WaitTimeSeconds=5, MessageAttributeNames=["All"], AttributeNames=["All"]
    )
    [message] = answer["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return dict(message)


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2]), file=sys.stderr)
