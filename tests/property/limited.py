"""Commands of types with a rate, in virtual time: the real use cases around a model of SQS."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from command_api.domain.context import Registered
from command_api.domain.errors import Unavailable
from command_api.usecases.rates import Rates
from tests.fakes.rates import InMemoryBuckets
from tests.property.hour import Hour
from tests.property.invocation import Died

if TYPE_CHECKING:
    from collections.abc import Sequence

    from command_api.domain.context import Handlers
    from command_api.domain.rates import Bucket, Change
    from command_api.usecases.pause import Pause
    from command_api.usecases.process import ProcessMessage

# What a write takes, and a tenth of it more or less.
_WRITE_SECONDS = 0.004


@dataclass
class _Buckets(InMemoryBuckets):
    hour: Limited | None = None

    def change(self, key: str, change: Change) -> tuple[Bucket | None, bool]:
        """Take, as the hour lets it happen."""
        hour = self.hour
        assert hour is not None
        happens = hour.trouble()
        if happens == "fail":
            raise Unavailable("throttled")
        answer = super().change(key, change)
        hour.now += _WRITE_SECONDS * hour.random.uniform(0.9, 1.1)
        if happens == "die":
            hour.die()
        return answer


@dataclass
class Limited(Hour):
    """Workers with a type `call` of this rate, and `echo` without one.

    A `share` of the takings fail, and as many end a process.
    """

    rate: str = ""
    per: Literal["type", "owner"] = "type"
    share: float = 0.0
    least_wait: float = 0.02
    # When commands began: by type, and by owner; and the numbers of those of `call` in that order.
    started: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_owner: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    order: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the buckets, too."""
        self.buckets = _Buckets(hour=self)
        super().__post_init__()

    def ask(self, kind: str, number: int, group: str = "", owner: str = "") -> None:
        """A client's request."""
        command_id = f"{kind}-{number}"
        self.queue.submit(f'{{"type": "{kind}"}}', command_id, group)
        next(reversed(self.queue.mails.values())).owner = owner

    def handlers(self) -> Handlers:
        """The types."""
        limited = Registered(handle=self._handle, rate=self.rate, per=self.per)
        return {"echo": self._handle, "call": limited}

    def rates(self, process: ProcessMessage, pause: Pause) -> Rates:
        """The real one."""
        return Rates(self.buckets, process, pause)

    def begin(self, context: Any) -> None:
        """Note when a command of its type began."""
        command = context.command
        self.started[command.type].append(self.now)
        self.by_owner[command.owner].append(self.now)
        if command.type == "call":
            self.order.append(int(command.id.partition("-")[2]))

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    def trouble(self) -> str:
        """What happens to a taking."""
        drawn = self.random.random()
        return "fail" if drawn < self.share else "die" if drawn < 2 * self.share else ""

    def die(self) -> None:
        """The process ends here."""
        self._dead = True
        raise Died

    def on_call(self, name: str, args: tuple[Any, ...]) -> None:
        """A claim takes a while."""
        super().on_call(name, args)
        if name == "claim":
            self.now += _WRITE_SECONDS * self.random.uniform(0.9, 1.1)


def most_in(seconds: float, moments: Sequence[float]) -> int:
    """The most moments in any window of so many seconds, its end not included."""
    ordered, most, first = sorted(moments), 0, 0
    for number, moment in enumerate(ordered):
        # A microsecond is less than what the clock of virtual time can tell.
        while ordered[first] <= moment - seconds + 1e-6:
            first += 1
        most = max(most, number - first + 1)
    return most
