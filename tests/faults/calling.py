"""Receivers that are called when the commands of a run end, and what they must have heard.

Receivers are on this machine, and each has a host of its own: the sender leaves a host alone that
takes long. Were all of them one host, a busy machine would use up the tries of every delivery.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64encode
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook

from scripts.prove.gateways import grant
from scripts.prove.lambdas import function_role, mapped, packaged
from tests.faults.stage import TTL, until_stalled
from tests.property.receivers import Call, Receivers
from tests.unit.webhooks.receiver import receiving

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from tests.faults.direct import DirectStage
    from tests.faults.stage import Queue

# Each death holds up ten deliveries for a visibility timeout.
TOLD_SECONDS = 180.0
_KEY = "webhook-signing-key"
_ALLOWED = ["sqs:*", "dynamodb:*"]
# What a receiver answers to the first calls of a delivery, 200 to all others; None for no answer.
_MANNERS: dict[str, list[int | None]] = {
    "quick.example": [],
    "slow.example": [200],
    "error.example": [500, 500],
    "busy.example": [429],
    "garbage.example": [None],
    "down.example": [None],
    "gone.example": [410] * 99,
    "moved.example": [302] * 99,
}
_ENDS = {"gone.example": "webhook_refused", "moved.example": "webhook_redirected"}


@dataclass
class Calling:
    """A sender on deliveries of the stage's endings, whose process dies again and again."""

    stage: DirectStage
    calls: list[Call] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)
    queue: Queue = field(init=False)
    dlq: Queue = field(init=False)
    table: str = field(init=False)
    port: int = field(init=False)
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)
    _secret: str = field(init=False)
    _until_the_end: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        """Send from now on."""
        scene = self.stage.scene
        receiver = self._until_the_end.enter_context(receiving())
        self.port, receiver.behave = receiver.port, self._answer
        receiver.received = _Received(self._note)
        self.dlq = self.stage.new_queue()
        redrive = {"deadLetterTargetArn": self.dlq.arn, "maxReceiveCount": 1000}
        self.queue = self.stage.new_queue(
            VisibilityTimeout=str(self.stage.limits.visibility), RedrivePolicy=json.dumps(redrive)
        )
        self.table = self.stage._table()
        role_name, role = function_role(scene, _ALLOWED, self.stage.own)
        prefix = self._seeded(role_name)
        sender, _ = packaged(
            scene,
            role,
            self.stage.code,
            "tests.injected_endings.sender",
            timeout_seconds=self.stage.limits.timeout,
            variables=self._variables(prefix),
        )
        mapped(
            scene,
            EventSourceArn=self.queue.arn,
            FunctionName=sender,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 3},
        )

    def notifier_variables(self) -> dict[str, str]:
        """What the notifier wants to know: each receiver is told of each ending."""
        endpoints = {
            host.partition(".")[0]: {"url": f"http://{host}:{self.port}/"} for host in _MANNERS
        }
        return {
            "WEBHOOK_QUEUE_URL": self.queue.url,
            "WEBHOOK_ENDPOINTS": json.dumps(endpoints),
        }

    def contradictions(self, ended: dict[str, str]) -> list[str]:
        """What is wrong with what was heard of these endings, once all of them were."""
        told = until_stalled(
            self.stage.scene,
            lambda: not self._missing(ended) and self.stage.depth(self.queue) == 0,
            lambda: (len(self._missing(ended)), self.stage.depth(self.queue), len(self.calls)),
            "all receivers are told",
            TOLD_SECONDS,
        )
        if not told:
            missing, left = self._missing(ended), self.stage.depth(self.queue)
            text = f"{len(missing)} endings were not told, {left} messages left: {missing[:5]}"
            return [text, *self._wrong_records(len(ended))]
        wrong = Receivers({}, lambda: 0.0, lambda _: None, self.calls).contradictions(ended)
        wrong += [f"{one} was signed wrongly" for one in self.forged]
        if dead := self.stage.depth(self.dlq):
            wrong.append(f"{dead} deliveries were dead-lettered")
        return wrong + self._wrong_records(len(ended))

    def line(self) -> str:
        """What was heard, for people."""
        ids = {call.webhook_id for call in self.calls}
        taken = {call.webhook_id for call in self.calls if call.taken}
        faults = ", ".join(f"{name} {n}" for name, n in sorted(self._faults().items()))
        return (
            f"webhooks: {len(ids)} deliveries in {len(self.calls)} calls, {len(taken)} accepted;"
            f" calls that killed notifier or sender or failed: {faults}"
        )

    def close(self) -> None:
        """Take the receivers away."""
        self._until_the_end.close()

    def _missing(self, ended: dict[str, str]) -> list[tuple[str, str]]:
        with self._lock:
            taken = {
                (call.host, json.loads(call.body)["data"]["id"])
                for call in self.calls
                if call.taken or call.host in _ENDS
            }
        return [(name, one) for name in _MANNERS for one in ended if (name, one) not in taken]

    def _wrong_records(self, endings: int) -> list[str]:
        found: dict[str, int] = defaultdict(int)
        pages = self.stage.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=self.table, ConsistentRead=True):
            for item in page["Items"]:
                error = item.get("error", {}).get("M", {}).get("code", {}).get("S", "")
                found[f"{item['status']['S']} {error}".strip()] += 1
        wanted = {"COMPLETED": endings * (len(_MANNERS) - len(_ENDS))}
        wanted |= {f"FAILED {code}": endings for code in _ENDS.values()}
        return [] if found == wanted else [f"deliveries are {dict(found)}, expected {wanted}"]

    def _faults(self) -> dict[str, int]:
        """How many calls of the sender were made to fail, by name."""
        found = self.stage.client("dynamodb").scan(
            TableName=self.stage.traces,
            FilterExpression="begins_with(id, :mark)",
            ExpressionAttributeValues={":mark": {"S": "fault#"}},
        )["Items"]
        return {one["id"]["S"].removeprefix("fault#"): int(one["started"]["N"]) for one in found}

    def _note(self, call: tuple[str, Any, bytes]) -> None:
        _, headers, body = call
        host, webhook_id = headers["Host"].partition(":")[0], str(headers["webhook-id"])
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signature = Webhook(self._secret).sign(webhook_id, at, body.decode())
        with self._lock:
            taken = self._status(host, self._seen[host, webhook_id]) == 200
            self._seen[host, webhook_id] += 1
            self.calls.append(Call(host, time.time(), webhook_id, body, taken, 0.0))
            if headers["webhook-signature"] != signature:
                self.forged.append(webhook_id)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers["Host"].partition(":")[0]
        with self._lock:
            number = self._seen[host, handler.headers["webhook-id"]] - 1
        status = self._status(host, number)
        if host == "slow.example" and number == 0:
            time.sleep(2)
        if host == "garbage.example" and status is None:
            handler.wfile.write(b"\x00garbage\r\n\r\n")
        if status is None:
            handler.close_connection = True
            return
        handler.send_response(status)
        if status == 302:
            handler.send_header("Location", f"http://quick.example:{self.port}/")
        if status == 429:
            handler.send_header("Retry-After", "2")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    @staticmethod
    def _status(host: str, number: int) -> int | None:
        manners = _MANNERS[host]
        return manners[number] if number < len(manners) else 200

    def _seeded(self, role_name: str) -> str:
        """The prefix of a new secret that signs, which the role may read."""
        scene, name = self.stage.scene, self.stage.scene.run.name()
        client = scene.client("secretsmanager")
        self._secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        arn = scene.temporary.make(
            name,
            lambda: str(
                client.create_secret(
                    Name=f"{name}/{_KEY}", SecretString=self._secret, Tags=scene.listed_tags
                )["ARN"]
            ),
            lambda: client.delete_secret(
                SecretId=f"{name}/{_KEY}", ForceDeleteWithoutRecovery=True
            ),
        )
        grant(scene, role_name, "secretsmanager:GetSecretValue", arn)
        return f"{name}/"

    def _variables(self, prefix: str) -> dict[str, str]:
        return {
            "TABLE_NAME": self.table,
            "TTL_ATTRIBUTE": TTL,
            "QUEUE_URL": self.queue.url,
            "DLQ_URL": self.dlq.url,
            "MAX_ATTEMPTS": "3",
            "DEFAULT_COMMAND_TYPE": "callback",
            "RETENTION_DAYS": "30",
            "QUEUE_RETENTION_SECONDS": "432000",
            "BATCH_CONCURRENCY": "10",
            "SECRET_PREFIX": prefix,
            "WEBHOOK_SECRETS": _KEY,
            "WEBHOOK_ALLOW_HTTP": "true",
            "WEBHOOK_ALLOWED_PORTS": str(self.port),
            "POWERTOOLS_SERVICE_NAME": "faults",
            **self.stage.fault_variables(),
            "FAULT_TURNS": json.dumps({"*": 200}),
        }


class _Received(list[Any]):
    """Notes each call as it comes."""

    def __init__(self, note: Any) -> None:
        super().__init__()
        self._note = note

    def append(self, call: Any) -> None:
        """Note a call."""
        self._note(call)
