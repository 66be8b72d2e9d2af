"""What stands between the use cases and the world: a pool without threads, calls with steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.fakes.commands import InMemoryCommands
    from tests.property.schedules import ModelSchedules
    from tests.property.sqs import ModelQueue
    from tests.property.world import World


@dataclass
class Neighbours:
    """What stands in for the thread pool: each lane starts in the middle of the one before."""

    world: World

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to wait for."""

    def map(self, run: Callable[[Any], Any], lanes: Iterable[Any]) -> list[Any]:
        """Run the lanes, each inside the handler of the one before, as far as there is room."""
        worker = self.world.stack[-1]
        results: dict[int, Any] = {}

        def start(number: int, lane: Any) -> None:
            worker.lanes.append(len(worker.running))
            results[number] = run(lane)
            del worker.running[worker.lanes.pop() :]

        worker.waiting = [partial(start, number, lane) for number, lane in enumerate(lanes)]
        while worker.waiting:
            worker.waiting.pop(0)()
        return [results[number] for number in sorted(results)]


@dataclass
class Watched:
    """A store or a queue whose every call is two steps, and whose every write is checked."""

    world: World
    target: InMemoryCommands | ModelQueue | ModelSchedules

    def __getattr__(self, name: str) -> Any:
        """The target's method, watched."""

        def call(*args: Any, **named: Any) -> Any:
            worker = self.world.stack[-1]
            if name in ("claim", "finish"):
                worker.start(args[0].id)
            if name == "claim":
                waits = args[0].type in worker.paused
                self.world.ledger.require(not waits, f"{args[0].id} is claimed while it is paused")
            self.world.step()
            if self.target is self.world.commands and self.world.away:
                self.world.misfortune()
                raise ConnectionError
            before = dict(self.world.commands.commands)
            if name == "replace":
                # It begins anew; what it did before has ended.
                self.world.at_work.discard(args[0].id)
            result = getattr(self.target, name)(*args, **named)
            self.world.note(f"{name} {[_short(arg) for arg in args]} {_short(result)}")
            # In the middle of a queue's call somebody else may write, and is checked for it.
            if self.target is self.world.commands:
                self.world.ledger.check(before, self.world.commands.commands, self.world.clock())
            self.world.step()
            return result

        return call


def _short(value: object) -> str:
    """Enough of a value to recognise it."""
    for name in ("message_id", "id", "token"):
        found = getattr(value, name, None)
        if found is not None:
            return f"{found} {getattr(value, 'status', '')}".strip()
    if isinstance(value, tuple | list):
        return str([_short(one) for one in value])
    return str(value)
