"""Something that works outside of the worker, for the tests of hand-overs."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from command_api.domain.hand_over import Outcome, Report
from command_api.domain.model import Progress
from command_api.usecases.hand_over import TakeReport

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from command_api.domain.message import Message
    from tests.unit.conftest import Bench

DONE = Outcome({"rows": 7})


@dataclass
class Outside:
    """Something that works outside of the worker, and reports."""

    bench: Bench
    timeout: float = 600.0
    retry: bool = False
    tokens: list[str] = field(default_factory=list)

    def handle(self, context: Context) -> str:
        """Hand the command over."""
        self.tokens.append(context.hand_over(timeout=self.timeout, retry=self.retry))
        return "not used"

    def report(self, outcome: Outcome | None = None, *, token: str = "", share: float = 0.5) -> Any:
        """Report an outcome, or else a progress; the command afterwards."""
        progress = None if outcome else Progress(share, "", self.bench.now)
        return self.take("c-1", token or self.tokens[-1], Report(progress, outcome))

    @property
    def take(self) -> TakeReport:
        """The use case, on the same bench."""
        return TakeReport(
            store=self.bench.store,
            retention=timedelta(days=30),
            logger=logging.getLogger("outcome"),
            check_result=self.bench.check_result,
            measure=lambda *noted: self.bench.measured.append(noted),
            clock=lambda: self.bench.now,
        )

    def copy(self) -> Message:
        """The message that watches over the command, as SQS delivers it."""
        copy, _ = self.bench.queue.copied[-1]
        number = len(self.bench.queue.copied) + 1
        handle = f"r-{number}"
        return replace(copy, copy_of=copy.original, message_id=f"m-{number}", receipt_handle=handle)

    def arrive(self) -> Message:
        """Let the time pass until it arrives."""
        self.bench.pass_time(self.bench.queue.copied[-1][1])
        return self.copy()
