"""Many clients that watch commands over connections which are cut again and again.

The client is the library's own, the functions behind the WebSocket API are the real ones; what is
in between, the API's gateway and the tables, is in memory. In real time, with a thread per client.
"""

from __future__ import annotations

import importlib
import json
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import uuid4

from command_api.adapters.push.listener import Push
from command_api.domain.ending import Change
from command_api.domain.model import Command, Status
from command_api.http.view import view
from command_client.push import watch_all
from command_client.transport import Answer
from command_client.waiting import ENDED
from command_client.websocket import Closed, NotOpened
from tests.builders import FUNCTION_ENVIRONMENT, command
from tests.fakes.commands import InMemoryCommands
from tests.fakes.watches import InMemoryWatches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS, SECONDS, WAIT_SECONDS = 5, 15.0, 240.0
# Of connections: refused, closed as soon as they are open, and cut at each look, in percent.
REFUSED, CLOSED_AT_ONCE, CUT = 10, 10, 20


@dataclass(eq=False)
class Gateway:
    """The WebSocket API: connections by id, each with what was posted to it; None is its end."""

    random: Random
    answer: Callable[[dict[str, Any], object], dict[str, Any]]
    open: dict[str, SimpleQueue[str | None]] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def connect(self) -> str:
        """Open a connection, or refuse it."""
        with self.lock:
            if self.random.randrange(100) < REFUSED:
                self.count["refused"] += 1
                raise NotOpened(500)
            connection = uuid4().hex
            self.open[connection] = SimpleQueue()
            self.count["opened"] += 1
            at_once = self.random.randrange(100) < CLOSED_AT_ONCE
        if at_once:
            self.close(connection)
        return connection

    def post(self, connection: str, message: str) -> bool:
        """Post to a connection, unless it is gone."""
        queue = self.open.get(connection)
        if queue is None:
            return False
        queue.put(message)
        self.count["posted"] += 1
        return True

    def close(self, connection: str) -> None:
        """Delete a connection: its client is told."""
        queue = self.open.pop(connection, None)
        if queue is not None:
            self.count["closed"] += 1
            queue.put(None)

    def cut(self, over: threading.Event) -> None:
        """Close some of the connections, and break others off, now and then."""
        while not over.wait(0.25):
            for connection, queue in list(self.open.items()):
                if self.random.randrange(100) < CUT:
                    if self.random.random() < 0.5:
                        self.close(connection)
                    else:
                        # The client finds out now, the API only by its next message.
                        self.count["broken off"] += 1
                        queue.put(None)


@dataclass(eq=False)
class Connection:
    """What the client takes for its WebSocket."""

    gateway: Gateway
    id: str
    broken: bool = False

    def send(self, text: str) -> None:
        """Send a message, whose answer comes as any other."""
        if self.broken or (queue := self.gateway.open.get(self.id)) is None:
            raise Closed
        context = {"eventType": "MESSAGE", "connectionId": self.id}
        queue.put(self.gateway.answer({"requestContext": context, "body": text}, None)["body"])

    def receive(self, seconds: float) -> str | None:
        """The next message."""
        queue = self.gateway.open.get(self.id)
        if self.broken or queue is None:
            raise Closed
        try:
            text = queue.get(timeout=seconds)
        except Empty:
            return None
        if text is None:
            self.broken = True
            raise Closed
        return text

    def __exit__(self, *_: object) -> None:
        """Leave; what was broken off stays in the API's books."""
        if not self.broken:
            self.gateway.open.pop(self.id, None)


@dataclass
class Watched:
    """What the clients were told: the ends that each of them saw, and what happened meanwhile."""

    ids: Sequence[str]
    ends: list[list[str]]
    errors: list[str]
    count: Counter[str]

    def contradictions(self) -> list[str]:
        """Clients that did not see each end exactly once."""
        wrong = [
            f"watcher {number} saw the ends {sorted(seen)}"
            for number, seen in enumerate(self.ends)
            if sorted(seen) != sorted(self.ids)
        ]
        return wrong + self.errors


def watch(watchers: int, seed: int) -> Watched:
    """Let so many clients watch commands until their ends."""
    random = Random(seed)  # noqa: S311 - the same faults, at other times
    store, watches = InMemoryCommands(), InMemoryWatches()
    with patch.dict(os.environ, {**FUNCTION_ENVIRONMENT, "AUTHENTICATION": '{"mode": "none"}'}):
        functions: Any = importlib.import_module("command_api.entrypoints.push")
        notifier: Any = importlib.import_module("command_api.entrypoints.notifier")
    behind = replace(functions.watch, store=store, watches=watches)
    gateway = Gateway(random, functions.handler)
    push = Push(watches=watches, connections=gateway, message=notifier._message)
    ids = [f"c-{number}" for number in range(COMMANDS)]
    found = Watched(ids, [[] for _ in range(watchers)], [], gateway.count)

    def watching(number: int) -> None:
        try:
            for one in watch_all(
                "http://api/commands", ids, push_url="ws://x", timeout=WAIT_SECONDS
            ):
                if one["status"] in ENDED:
                    found.ends[number].append(one["id"])
        except Exception as error:  # noqa: BLE001 - reported as what it is
            found.errors.append(f"watcher {number}: {error!r}")

    def asked(_where: object, _method: str, path: str, **_: object) -> Answer:
        gateway.count["polls"] += 1
        one = store.get(path.rpartition("/")[2])
        if one is None:
            return Answer(404, {"retry-after": "1"}, '{"title": "Not Found", "detail": "queued"}')
        return Answer(200, {"retry-after": "2"}, json.dumps(view(one)))

    over = threading.Event()
    with (
        patch.object(functions, "watch", behind),
        patch("command_client.push.request", asked),
        patch(
            "command_client.push.WebSocket", lambda _, **__: Connection(gateway, gateway.connect())
        ),
    ):
        threads = [threading.Thread(target=watching, args=(n,)) for n in range(watchers)]
        cutter = threading.Thread(target=gateway.cut, args=(over,))
        for thread in (cutter, *threads):
            thread.start()
        _live(ids, store, push, random)
        for thread in threads:
            thread.join()
        over.set()
        cutter.join()
    return found


def _live(ids: Sequence[str], store: InMemoryCommands, push: Push, random: Random) -> None:
    """Write the commands' lives, and tell of each change as the stream does."""
    steps = sorted((random.uniform(0, SECONDS), name) for name in ids for _ in range(3))
    began = time.monotonic()
    for at, name in steps:
        time.sleep(max(0.0, began + at - time.monotonic()))
        before = store.get(name)
        after = _next(before, name)
        store.put(after)
        untold = push.tell([Change(before, after)])
        assert not untold


def _next(before: Command | None, name: str) -> Command:
    now = datetime.now(UTC)
    if before is None:
        return replace(command(Status.PENDING), id=name, attempts=0, created_at=now, updated_at=now)
    if before.status is Status.PENDING:
        return replace(before, status=Status.PROCESSING, attempts=1, updated_at=now)
    return before.completed({"n": 1}, now=now, purge_at=now + timedelta(days=1))
