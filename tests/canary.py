"""What clients and operators keep to themselves, and a look whether any of it is in a log.

Whatever a suite sends through a `WatchedApi` is remembered: all texts of a command's input, whole
bodies that are no command, tokens and keys. `told` finds what of it came out again.
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from scripts.commands.api import TIMEOUT_SECONDS, CommandsApi
from tests.timings import Timings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from command_client.transport import Answer

# In every input that says nothing of its own.
CANARY = f"canary-{uuid4().hex}"
# Shorter texts are found by chance, and of longer ones the beginning is enough.
_SHORTEST, _ENOUGH = 8, 64
_PRIVATE_HEADERS = {"authorization", "idempotency-key", "x-api-key"}
# What nobody has to have submitted: tokens, signatures of URLs, keys.
_TOKENS = re.compile(r"\beyJ[\w-]{8,}\.eyJ|X-Amz-(?:Signature|Security-Token)=|PRIVATE KEY-----")


@dataclass
class Watch:
    """What was submitted, and the ids of what came of it."""

    private: set[str] = field(default_factory=lambda: {CANARY})
    accepted: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sent(self, body: str | bytes | None, headers: Mapping[str, str]) -> None:
        """Remember what of a request nobody else may read."""
        self.keep(headers[one].removeprefix("Bearer ") for one in _PRIVATE_HEADERS & headers.keys())
        self.keep(_texts(_inputs(body)))

    def keep(self, texts: Iterable[str]) -> None:
        """Look for these, too."""
        with self._lock:
            self.private |= {text[:_ENOUGH] for text in texts if len(text) >= _SHORTEST}

    def told(self, lines: Iterable[str]) -> list[str]:
        """The lines that say what they should not."""
        # In JSON a text looks different where it has quotes, line breaks or other alphabets.
        escaped = {json.dumps(text)[1:-1] for text in self.private}
        looked_for = re.compile("|".join(map(re.escape, sorted(self.private | escaped))))
        return [line[:300] for line in lines if looked_for.search(line) or _TOKENS.search(line)]


@dataclass(frozen=True)
class WatchedApi(CommandsApi):
    """An API whose requests are remembered, and whose empty inputs get something to look for."""

    watch: Watch = field(default_factory=Watch)
    timings: Timings = field(default_factory=Timings)

    def submit(
        self, kind: str, work: Mapping[str, Any], command_id: str | None = None, **headers: str
    ) -> str:
        """Submit with a canary beside what the test says."""
        if kind in {"echo", "demo"}:
            work = {"canary": CANARY, **work}
        return super().submit(kind, work, command_id, **headers)

    def request(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = TIMEOUT_SECONDS,
    ) -> Answer:
        """Ask, and remember."""
        self.watch.sent(body, {name.lower(): value for name, value in (headers or {}).items()})
        began = time.monotonic()
        answer = super().request(method, path, body, headers, seconds)
        if answer.status == HTTPStatus.ACCEPTED and "x-command-id" in answer.headers:
            self.timings.accept(time.monotonic() - began)
            self.watch.accepted.add(answer.headers["x-command-id"])
        if method == "GET" and '"COMPLETED"' in answer.body:
            shown = answer.json()
            self.watch.completed.add(str(shown.get("id", "")))
            self.timings.end(shown)
        return answer


def logged(logs: Any, below: str = "/") -> Iterator[str]:
    """Every line of every log group of an account: functions and access logs."""
    for group in logs.describe_log_groups(logGroupNamePrefix=below)["logGroups"]:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for page in pages:
            yield from (event["message"] for event in page["events"])


def secret_values(secrets: Any) -> set[str]:
    """All values of all secrets, those before and to come included."""
    found = set()
    for secret in secrets.list_secrets()["SecretList"]:
        for version in secret.get("SecretVersionsToStages") or {}:
            answer = secrets.get_secret_value(SecretId=secret["ARN"], VersionId=version)
            found.add(answer["SecretString"])
    return found


def stored_inputs(dynamodb: Any, table: str) -> set[str]:
    """The texts in the inputs that a table has, whoever submitted them.

    Those that wait to be sent, and those that `echo` has returned as its result.
    """
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    items = [item for page in pages for item in page["Items"]]
    found = [json.loads(item["input"]["S"]) for item in items if "input" in item]
    echoes = [item for item in items if item.get("type") == {"S": "echo"} and "result" in item]
    found += [json.loads(item["result"]["S"])["echo"] for item in echoes]
    return {text for one in found for text in _texts(one)}


def emulated(state: Path) -> Iterator[str]:
    """What the emulator wrote into its own log, where functions' output would end, too."""
    for path in sorted(state.rglob("*.log")):
        yield from path.read_text(errors="replace").splitlines()


def _inputs(body: str | bytes | None) -> Any:
    """What of a body is the client's own: the input of a command, or all of what is none."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    match found:
        case {"commands": list() as several}:
            return [_inputs(json.dumps(one)) for one in several]
        case {"type": str(), **more} if more.keys() <= {"input", "key"}:
            return [*more.values()]
    return found


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                yield from _texts(inner)
                yield name
        case list():
            for inner in value:
                yield from _texts(inner)
