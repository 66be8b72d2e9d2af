"""Receivers that are called when the commands of a run end, and what they must have heard."""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64encode
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from standardwebhooks import Webhook

from tests.faults.stage import TTL
from tests.live import eventually
from tests.property.receivers import Call, Receivers
from tests.unit.webhooks.receiver import receiving

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from tests.faults.direct import DirectStage
    from tests.local.aws import Queue

TOLD_SECONDS = 240.0
_TIMEOUT, _VISIBILITY = 20, 27
_KEY = "webhook-signing-key"
# What a receiver answers to the first calls of a delivery, 200 to all others; None for no answer.
_MANNERS: dict[str, list[int | None]] = {
    "quick": [],
    "slow": [200],
    "error": [500, 500],
    "busy": [429],
    "garbage": [None],
    "down": [None],
    "gone": [410] * 99,
    "moved": [302] * 99,
}
_ENDS = {"gone": "webhook_refused", "moved": "webhook_redirected"}


@dataclass
class Calling:
    """A sender on deliveries of the stage's endings, whose process dies again and again."""

    stage: DirectStage
    calls: list[tuple[Call, bool]] = field(default_factory=list)
    queue: Queue = field(init=False)
    dlq: Queue = field(init=False)
    table: str = field(init=False)
    port: int = field(init=False)
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _secret: str = field(init=False)
    _until_the_end: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        """Send from now on."""
        aws, name = self.stage.aws, f"faults-{uuid4().hex[:8]}"
        receiver = self._until_the_end.enter_context(receiving())
        self.port, receiver.behave = receiver.port, self._answer
        receiver.received = _Received(self._note)
        self.dlq = aws.queue()
        redrive = {"deadLetterTargetArn": self.dlq.arn, "maxReceiveCount": 1000}
        self.queue = aws.queue(
            VisibilityTimeout=str(_VISIBILITY), RedrivePolicy=json.dumps(redrive)
        )
        self.table = self.stage._table()
        self._secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        aws.client("secretsmanager").create_secret(
            Name=f"/{name}/{_KEY}", SecretString=self._secret
        )
        configuration = aws.client("lambda").get_function_configuration(
            FunctionName=self.stage.function
        )
        aws.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="handlers.sender",
            Role=configuration["Role"],
            Code={"ZipFile": self.stage.code},
            Timeout=_TIMEOUT,
            Environment={"Variables": configuration["Environment"]["Variables"] | self._own(name)},
        )
        aws.client("lambda").create_event_source_mapping(
            EventSourceArn=self.queue.arn,
            FunctionName=name,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 3},
        )

    def notifier_variables(self) -> dict[str, str]:
        """What the notifier wants to know: each receiver is told of each ending."""
        endpoints = {
            name: {"url": f"http://localhost:{self.port}/{name}", "include_result": True}
            for name in _MANNERS
        }
        return {
            "WEBHOOK_QUEUE_URL": self.queue.url,
            "WEBHOOK_ENDPOINTS": json.dumps(endpoints),
        }

    def contradictions(self, ended: dict[str, str]) -> list[str]:
        """What is wrong with what was heard of these endings, once all of them were."""
        try:
            eventually(lambda: not self._missing(ended), seconds=TOLD_SECONDS)
            eventually(lambda: self.stage.depth(self.queue) == 0, seconds=TOLD_SECONDS)
        except AssertionError:
            missing = self._missing(ended)
            left = self.stage.depth(self.queue)
            return [f"{len(missing)} endings were not told, {left} messages left: {missing[:5]}"]
        heard = Receivers({}, lambda: 0.0, lambda _: None, [call for call, _ in self.calls])
        wrong = heard.contradictions(ended)
        wrong += [
            f"{call.webhook_id} was signed wrongly" for call, signed in self.calls if not signed
        ]
        if dead := self.stage.depth(self.dlq):
            wrong.append(f"{dead} deliveries were dead-lettered")
        return wrong + self._wrong_records(len(ended))

    def line(self) -> str:
        """What was heard, for people."""
        ids = {call.webhook_id for call, _ in self.calls}
        taken = {call.webhook_id for call, _ in self.calls if call.taken}
        return (
            f"webhooks: {len(ids)} deliveries in {len(self.calls)} calls, {len(taken)} delivered;"
            f" {self._stops()} calls of the sender killed it or failed"
        )

    def close(self) -> None:
        """Take the receivers away."""
        self._until_the_end.close()

    def _missing(self, ended: dict[str, str]) -> list[tuple[str, str]]:
        taken = {
            (call.host, json.loads(call.body)["data"]["id"])
            for call, _ in list(self.calls)
            if call.taken or call.host in _ENDS
        }
        return [(name, one) for name in _MANNERS for one in ended if (name, one) not in taken]

    def _wrong_records(self, endings: int) -> list[str]:
        found: dict[str, int] = defaultdict(int)
        for page in (
            self.stage.aws.client("dynamodb").get_paginator("scan").paginate(TableName=self.table)
        ):
            for item in page["Items"]:
                error = item.get("error", {}).get("M", {}).get("code", {}).get("S", "")
                found[f"{item['status']['S']} {error}".strip()] += 1
        wanted = {"COMPLETED": endings * (len(_MANNERS) - len(_ENDS))}
        wanted |= {f"FAILED {code}": endings for code in _ENDS.values()}
        return [] if found == wanted else [f"deliveries are {dict(found)}, expected {wanted}"]

    def _stops(self) -> int:
        item = self.stage.aws.client("dynamodb").get_item(
            TableName=self.stage.traces, Key={"id": {"S": "sends"}}
        )
        return int(item.get("Item", {}).get("started", {}).get("N", "0")) // 60 * 4

    def _note(self, call: tuple[str, Any, bytes]) -> None:
        path, headers, body = call
        name, webhook_id = path.strip("/"), str(headers["webhook-id"])
        number = self._seen[name, webhook_id]
        self._seen[name, webhook_id] += 1
        manners = _MANNERS[name]
        status = manners[number] if number < len(manners) else 200
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signature = Webhook(self._secret).sign(webhook_id, at, body.decode())
        made = Call(name, time.time(), webhook_id, body, status == 200, 0.0)
        self.calls.append((made, headers["webhook-signature"] == signature))

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        name, webhook_id = handler.path.strip("/"), handler.headers["webhook-id"]
        number, manners = self._seen[name, webhook_id] - 1, _MANNERS[name]
        status = manners[number] if number < len(manners) else 200
        if name == "slow" and number < len(manners):
            time.sleep(3)
        if name == "garbage" and status is None:
            handler.wfile.write(b"\x00garbage\r\n\r\n")
        if status is None:
            handler.close_connection = True
            return
        handler.send_response(status)
        if status == 302:
            handler.send_header("Location", f"http://localhost:{self.port}/quick")
        if status == 429:
            handler.send_header("Retry-After", "2")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _own(self, name: str) -> dict[str, str]:
        return {
            "TABLE_NAME": self.table,
            "TTL_ATTRIBUTE": TTL,
            "QUEUE_URL": self.queue.url,
            "DLQ_URL": self.dlq.url,
            "DEFAULT_COMMAND_TYPE": "callback",
            "SECRET_PREFIX": f"/{name}/",
            "WEBHOOK_SECRETS": _KEY,
            "WEBHOOK_ALLOW_HTTP": "true",
            "WEBHOOK_ALLOW_LOOPBACK": "true",
            "WEBHOOK_ALLOWED_PORTS": str(self.port),
            "POWERTOOLS_SERVICE_NAME": name,
            "FAULT_SENDER": "true",
        }


class _Received(list[Any]):
    """Notes each call as it comes."""

    def __init__(self, note: Any) -> None:
        super().__init__()
        self._note = note

    def append(self, call: Any) -> None:
        """Note a call."""
        self._note(call)
