"""What the worker works with: the outside world behind ports, and its settings."""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_api.domain.decision import Terms
from command_api.domain.queues import Queues
from command_api.domain.timing import LONGEST_DELAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta
    from logging import Logger

    from command_api.domain.context import Handlers
    from command_api.domain.model import JSON
    from command_api.domain.ports import (
        CommandStore,
        MessageQueue,
        Meter,
        Schedules,
        SecretReader,
    )
    from command_api.domain.retry import RetryPolicy
    from command_api.domain.violations import Violation


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Runtime:
    """Made once per process.

    `policy` is the retry policy of handlers without numbers of their own; `retention` is how long
    an ended command stays readable; `message_life` is how long the queue keeps a message, `fifo`
    whether it keeps an order; `check`
    says what is wrong with an input before its handler sees it, `check_result` with what the
    handler returned; `spread` draws a number from 0 to 1 for the jitter of delays;
    `log_exception_text` puts the text of a handler's unexpected exception, which may quote its
    input, into the log; `reach` is how far ahead a command may be scheduled, 0 for not at all,
    by `schedules` where it is farther than a message can be delayed; `outcomes` says that the API
    takes reports on commands that are handed over.
    """

    store: CommandStore
    queue: MessageQueue
    secrets: SecretReader
    handlers: Handlers
    default_type: str
    policy: RetryPolicy
    retention: timedelta
    message_life: timedelta
    logger: Logger
    fifo: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_token: Callable[[], str] = lambda: uuid.uuid4().hex
    check: Callable[[str, Mapping[str, JSON]], Sequence[Violation]] = lambda *_: ()
    check_result: Callable[[str, JSON], Sequence[Violation]] = lambda *_: ()
    spread: Callable[[], float] = random.random
    sleep: Callable[[float], None] = time.sleep
    measure: Meter = lambda *_: None
    log_exception_text: bool = False
    queues: Queues = field(default_factory=Queues)
    reach: timedelta = LONGEST_DELAY
    schedules: Schedules | None = None
    outcomes: bool = False

    def terms(self, policy: RetryPolicy | None = None) -> Terms:
        """What a decision goes by that is made now."""
        return Terms(
            now=self.clock(),
            policy=policy or self.policy,
            retention=self.retention,
            spread=self.spread(),
        )
