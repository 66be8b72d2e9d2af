"""A store of commands that puts a result elsewhere where it does not fit into the record."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from command_api.domain.errors import DoesNotFit
from command_api.domain.json_text import encoded
from command_api.domain.model import Status

if TYPE_CHECKING:
    from command_api.domain.access import Caller
    from command_api.domain.model import Attempt, Claim, Command, Step, Submission
    from command_api.domain.ports import CommandStore, ResultStore

# A worker holds a result several times over while it writes it, and 256 MB is its usual memory.
LARGE_RESULT_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, eq=False, repr=False)
class LargeResults:
    """The commands of `store`, with what is too large for it in `results`.

    The object is written before the record that names it. Its key has the lease's token in it, so
    an attempt that was overtaken in between leaves an object that nothing refers to, and the
    bucket's lifecycle rule takes it away. A result that fits costs nothing extra.
    """

    store: CommandStore
    results: ResultStore

    def get(self, command_id: str) -> Command | None:
        """As the store."""
        return self.store.get(command_id)

    def claim(self, submission: Submission, attempt: Attempt) -> Claim:
        """As the store."""
        return self.store.claim(submission, attempt)

    def replace(self, known: Command, command: Command) -> None:
        """As the store."""
        self.store.replace(known, command)

    def finish(self, command: Command, token: str) -> None:
        """As the store, but DoesNotFit only for a result of more than 32 MB, or no JSON at all."""
        try:
            self.store.finish(command, token)
        except DoesNotFit:
            if command.status is not Status.COMPLETED:
                raise
            result = encoded(command.result, limit=LARGE_RESULT_BYTES)
            key = result_key(command.id, token)
            self.results.put(key, result)
            self.store.finish(command.with_result_apart(key), token)

    def record(self, command: Command) -> bool:
        """As the store."""
        return self.store.record(command)

    def cancel(self, cancelled: Command, caller: Caller) -> tuple[Command, bool]:
        """As the store."""
        return self.store.cancel(cancelled, caller)

    def record_step(self, command_id: str, token: str, name: str, step: Step) -> None:
        """As the store: what a step returns is read again with every attempt."""
        self.store.record_step(command_id, token, name, step)


def result_key(command_id: str, token: str) -> str:
    """Where an attempt's result goes: an id may be `..`, which a URL would not survive."""
    return f"{sha256(command_id.encode()).hexdigest()}/{token}.json"
