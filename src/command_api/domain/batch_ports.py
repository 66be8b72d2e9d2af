"""What the use cases of batches need from the outside world, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from command_api.domain.batches import Batch, Follower, Found, Move, Transfer
    from command_api.domain.model import Command


class UploadGone(Exception):
    """An upload in parts was finished already, or given up."""


class Batches(Protocol):
    """What is known of batches. All raise Unavailable where the same call may succeed later."""

    def create(self, batch: Batch, follower: Follower | None) -> Batch:
        """Write a batch unless its id is known; what is stored then. Raises DoesNotFit."""

    def find(self, batch_id: str) -> Found:
        """A batch and its counts, as every write before has left them."""

    def follower(self, batch: Batch) -> Follower | None:
        """The command that follows the batch; None where there is none."""

    def advance(
        self, batch: Batch, transfer: Transfer, *, purge_at: datetime, unless_cancelled: bool
    ) -> bool:
        """Replace the transfer of a batch; False where it is not as `batch` has it any more.

        With `unless_cancelled` also where a client has asked to cancel.
        """

    def count(self, shard: str, moves: Sequence[Move], *, keep_until: datetime) -> None:
        """Count changes of one batch, each once, however often it is told.

        They are in the order of their shard, and nobody else counts this shard meanwhile.
        """

    def ended(self, batch: Batch, *, now: datetime, purge_at: datetime) -> None:
        """Note that all members have ended; nothing where that is known."""

    def followed(self, batch: Batch, *, now: datetime) -> None:
        """Note that the command that follows is stored."""

    def cancel(self, batch: Batch, *, now: datetime) -> None:
        """Note that a client has asked to cancel what has not started."""


class BatchFiles(Protocol):
    """The objects of batches. All raise Unavailable where the same call may succeed later."""

    def read(self, batch_id: str, offset: int, length: int) -> bytes:
        """So many bytes of what was uploaded, from there on."""

    def begin(self, batch_id: str) -> str:
        """Begin to write results, in parts; the id of this upload."""

    def part(self, batch_id: str, upload: str, number: int, text: bytes) -> None:
        """Write a part, numbered from 1, whatever was there; UploadGone where it was ended.

        All but the last one have 5 MB or more.
        """

    def finish(self, batch_id: str, upload: str) -> None:
        """Put the parts together; UploadGone where it was ended."""

    def exists(self, batch_id: str) -> bool:
        """Whether the results can be read."""


class CommandReader(Protocol):
    """Many commands at once, as every write before has left them. Raises Unavailable."""

    def get_many(self, command_ids: Sequence[str]) -> Mapping[str, Command]:
        """Those of at most 100 commands that are known, by their ids."""
