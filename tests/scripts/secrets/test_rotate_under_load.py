"""The worker at work while an operator rotates: every command completes at its first attempt."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest

from command_api.adapters.secrets_manager import SecretsManager
from command_api.domain.errors import Retryable
from command_api.domain.model import Status
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from tests.builders import SECOND, message
from tests.live import eventually
from tests.scripts.secrets.conftest import PREFIX, Tool
from tests.unit.conftest import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_api import Context
    from command_api.domain.message import Message

STRIPE = ["stripe", "--prefix", PREFIX]


class CurrentOnly:
    """moto's Secrets Manager, which without a label goes on with what was current before."""

    def __init__(self) -> None:
        self.client = boto3.client("secretsmanager", region_name="us-east-1")

    def get_secret_value(self, **asked: str) -> object:
        """As AWS means it."""
        return self.client.get_secret_value(**asked, VersionStage="AWSCURRENT")


class Worker:
    """Batches of ten, one after the other, for a partner that knows some credentials."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.bench.handle(self._handle)
        self.valid = {"old"}
        self.refused = 0
        self.sent = 0
        self.secrets = SecretsManager(CurrentOnly, PREFIX)
        self._stop = threading.Event()
        self._lock = threading.Lock()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Take batches side by side, as three functions do that share nothing but the table."""
        threads = [threading.Thread(target=self._work) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def done(self) -> int:
        """How many commands have completed."""
        known = [*self.bench.store.commands.values()]
        return sum(one.status is Status.COMPLETED for one in known)

    def goes_on(self) -> None:
        """Wait until some more commands have completed."""
        before = self.done()
        eventually(lambda: self.done() >= before + 50)

    def _work(self) -> None:
        runtime = replace(self.bench.runtime, secrets=self.secrets)
        pause = Pause(types=(), runtime=runtime, seconds=240)
        run = ProcessBatch(process=ProcessMessage(runtime), pause=pause, concurrency=10)
        while not self._stop.is_set():
            run([self._next() for _ in range(10)], deadline=self.bench.now + 30 * SECOND)

    def _next(self) -> Message:
        with self._lock:
            self.sent += 1
            name = str(self.sent)
        return message(message_id=name, receipt_handle=name, command_id=f"c-{name}")

    def _handle(self, context: Context) -> str:
        if not self._accepted(context.secrets.get("stripe")) and not self._accepted(
            context.secrets.refresh("stripe")
        ):
            raise Retryable("The partner refuses us.", code="partner_refuses", after=30)
        return "done"

    def _accepted(self, credential: str) -> bool:
        with self._lock:
            self.refused += credential not in self.valid
            return credential in self.valid


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("pending", [False, True], ids=["at_once", "pending_first"])
def test_no_command_fails_while_a_secret_is_rotated(
    tool: Tool, no_leak: str, *, pending: bool
) -> None:
    """Even where the old one is revoked at once, while every cache still holds it."""
    worker = Worker()
    with worker.working():
        worker.goes_on()
        worker.valid.add(no_leak)
        rotated = tool("rotate", *STRIPE, *["--pending"] * pending, piped=no_leak.encode())
        assert rotated.code == 0
        worker.goes_on()
        if pending:
            assert worker.refused == 0
            assert tool("promote", *STRIPE).code == 0
            worker.goes_on()
        worker.valid.discard("old")
        worker.goes_on()
        worker.goes_on()
    assert worker.refused > 0, "nobody used the old one any more: this proves nothing"
    commands = worker.bench.store.commands.values()
    assert {(one.status, one.attempts) for one in commands} == {(Status.COMPLETED, 1)}
    assert len(commands) == worker.sent
    assert no_leak not in str(worker.bench.store.commands)
