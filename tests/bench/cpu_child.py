"""Runs inside the process that `cpu.py` starts: `cpu_child.py HANDLER`, the ratio on stderr."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Any

import botocore.handlers
from botocore.awsrequest import AWSResponse
from botocore.session import get_session

from tests.bench.events import event, lambda_context

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH, BATCHES, ROUNDS = 10, 20, 7
ATTRIBUTES = 11  # of a command that has been claimed, its key left out


class _Raw:
    """As much of urllib3's answer as botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_options: object) -> list[bytes]:
        return [self._body]


class Tape:
    """Answers of the real endpoint, kept by operation and by whether attributes were asked for."""

    def __init__(self) -> None:
        self.playing = False
        self._last = ("", False)
        self._kept: dict[tuple[str, bool], AWSResponse] = {}

    def before_send(self, event_name: str, request: Any, **_: object) -> AWSResponse | None:
        """Answer in place of the network."""
        if not self.playing:
            self._last = (event_name.rpartition(".")[2], _wants_attributes(request))
            return None
        return self._kept[(event_name.rpartition(".")[2], _wants_attributes(request))]

    def before_parse(self, response_dict: Any, **_: object) -> None:
        """Keep what the network answered."""
        if not self.playing and response_dict["status_code"] == 200:
            headers, body = response_dict["headers"], response_dict["body"]
            # One message at a time is recorded, so the last request is the one answered here.
            self._kept[self._last] = AWSResponse("", 200, headers, _Raw(body))


def _wants_attributes(request: Any) -> bool:
    return b'"ALL_NEW"' in request.body


def main(handler_name: str) -> float:
    """The CPU time of one message in units of one write."""
    tape = Tape()
    botocore.handlers.BUILTIN_HANDLERS.append(("before-send", tape.before_send))
    botocore.handlers.BUILTIN_HANDLERS.append(("before-parse", tape.before_parse))
    write = _one_write()
    module, _, name = handler_name.rpartition(".")
    handle = getattr(importlib.import_module(module), name)
    context, body = lambda_context(), json.dumps({"type": "work", "input": {"seconds": 0}})
    write(0)
    handle(event(range(1), body), context)
    tape.playing = True
    events = [event(range(n * BATCH, (n + 1) * BATCH), body) for n in range(BATCHES)]
    ratios = []
    for _ in range(ROUNDS):
        one = _cpu(write, range(BATCH * BATCHES))
        ratios.append(_cpu(lambda batch: handle(batch, context), events) / one)
    return median(ratios)


def _cpu(run: Callable[[Any], object], arguments: Any) -> float:
    begun = time.process_time()
    for argument in arguments:
        run(argument)
    return time.process_time() - begun


def _one_write() -> Callable[[int], object]:
    """A write as large as a command: as many attributes, by placeholders, on a condition."""
    client: Any = get_session().create_client("dynamodb")
    names = [f"attribute{number}" for number in range(ATTRIBUTES)]
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in names)

    def write(number: int) -> object:
        return client.update_item(
            TableName=os.environ["TABLE_NAME"],
            Key={"id": {"S": f"baseline-{number}"}},
            UpdateExpression=expression,
            ConditionExpression="attribute_not_exists(id) OR #attribute0 = :attribute0",
            ExpressionAttributeNames={f"#{name}": name for name in names},
            ExpressionAttributeValues={f":{name}": {"S": "2026-01-01T00:00:00"} for name in names},
        )

    return write


if __name__ == "__main__":
    print(main(sys.argv[1]), file=sys.stderr)
