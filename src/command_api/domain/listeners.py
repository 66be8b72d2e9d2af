"""What telling of changes needs from the outside world: who listens, and who watches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from command_api.domain.ending import Change
    from command_api.domain.watch import Viewer, Watch


class Untold(NamedTuple):
    """A change that a listener could not be told of."""

    change: Change
    # For operators, in a few words; never quotes a command.
    reason: str
    # False where telling it again would fail in the same way.
    retryable: bool = True


class Listener(Protocol):
    """Who is told of changes of commands: at least once, and in order for each command."""

    def wants(self, change: Change) -> bool:
        """Whether the listener is to be told of a change."""

    def tell(self, changes: Sequence[Change]) -> Collection[Untold]:
        """Tell of changes; those that could not be told. An error means none of them was."""


class Watches(Protocol):
    """Who watches which command. All raise Unavailable where the same call may succeed later."""

    def reserve(self, viewer: Viewer, number: int, *, limit: int) -> bool:
        """Count so many more watches of a connection; False, and none, beyond the limit."""

    def add(self, viewer: Viewer, command_ids: Collection[str]) -> None:
        """Watch commands; whoever asks `of` afterwards gets them."""

    def remove(self, connection: str, command_ids: Collection[str]) -> None:
        """Watch commands no longer; nothing for those that were not watched."""

    def of(self, command_id: str) -> Sequence[Watch]:
        """All watches of a command, expired ones included."""


class Connections(Protocol):
    """The open connections of viewers."""

    def post(self, connection: str, message: str) -> bool:
        """Send a message; False where the connection is lost.

        One whose client does not read fast enough is closed. Raises Unavailable.
        """

    def close(self, connection: str) -> None:
        """Close a connection; nothing where it is closed already. Raises Unavailable."""
