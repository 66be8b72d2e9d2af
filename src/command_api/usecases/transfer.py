"""Turn the lines of uploaded batches into commands, and the results of batches into an object.

It is done in slices, and how far it has come is written after each one. Whatever dies, the next
call goes on there: a slice that is done twice names the same commands, and writes the same part.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

from command_api.domain.batch_ports import UploadGone
from command_api.domain.batches import MOST_LINES, PATIENCE, member_id, unread
from command_api.domain.errors import DoesNotFit, Unavailable
from command_api.domain.json_text import encoded
from command_api.domain.model import Failure, Status
from command_api.usecases.lines import Lines
from command_api.usecases.submit import CONCURRENCY, Refusal, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from logging import Logger

    from command_api.domain.batch_ports import Batches, BatchFiles, CommandReader
    from command_api.domain.batches import Batch, Found, Transfer
    from command_api.domain.model import Command, Submission
    from command_api.domain.ports import CommandStore
    from command_api.usecases.batches import CancelMembers
    from command_api.usecases.count import EndBatch
    from command_api.usecases.submit import SubmitCommands

# Lines, or members to cancel, of one slice: a throttled table must let it end within MARGIN.
SLICE = 100
# A batch has no more members waiting than that: its queue is also others', and keeps messages for
# a day in most environments.
MOST_WAITING = 20_000
PAUSE = timedelta(seconds=10)
NOW = timedelta(0)
# A call begins no other slice when it has less time left.
MARGIN = timedelta(seconds=20)
# All parts but the last have 5 MB at least, and there are 10,000 at most, so that a larger result
# stays where it is: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
PART_BYTES = 5 * 1024 * 1024
LISTED_BYTES = 32 * 1024
# Commands that are read by one call, and by calls side by side.
READ, READ_AHEAD = 100, 500

TOO_MANY = f"The upload has more than {MOST_LINES:,} lines; none was submitted from this one on."
TOO_LONG = (
    "The line exceeds 255 KB. Upload larger payloads (for example to S3) and pass a reference."
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TransferBatch:
    """Do what is to be done for a batch: submit its lines, take them back, list its results."""

    batches: Batches
    files: BatchFiles
    store: CommandStore
    commands: CommandReader
    submit: SubmitCommands
    cancel: CancelMembers
    end: EndBatch
    # The command of a line of a batch, by the line's number, or why it is none.
    read_line: Callable[[bytes, Batch, int, datetime], Submission | Failure]
    logger: Logger
    retention: timedelta
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    token: Callable[[], str] = lambda: uuid4().hex

    def __call__(self, batch_id: str, *, until: datetime) -> timedelta | None:
        """The wait before the next call, None where nothing is left, or somebody else is at it.

        `until` is when this call must end. Raises Unavailable: the next call goes on.
        """
        lines: Lines | None = None
        wait: timedelta | None = NOW
        while wait == NOW and self.clock() + MARGIN < until:
            found = self.batches.find(batch_id)
            batch = found.batch
            if batch is None or batch.transfer is None or batch.purge_at <= self.clock():
                return None
            lines = lines or Lines(self.files, batch_id, batch.transfer.size)
            wait = self._next(batch, batch.transfer, found, lines, until)
        return wait

    def _next(
        self, batch: Batch, transfer: Transfer, found: Found, lines: Lines, until: datetime
    ) -> timedelta | None:
        if not batch.whole:
            if batch.cancel_requested_at is not None:
                return _on(self._save(batch, whole=True))
            if batch.total - found.counts.ended >= MOST_WAITING:
                return PAUSE
            return self._submit_slice(batch, transfer, lines, until)
        if batch.cancel_requested_at is not None and transfer.taken_back < transfer.planned:
            places = batch.places[transfer.taken_back :][:SLICE]
            self.cancel(batch, places)
            return _on(self._save(batch, taken_back=transfer.taken_back + len(places)))
        if not batch.ended(found.counts):
            # The counter calls once they have.
            return None
        self.end(batch.id, until=until)
        # Of a batch that was cancelled before its upload there are none.
        listed = transfer.written or not batch.total
        return None if listed else self._list_results(batch, transfer)

    def _save(self, batch: Batch, *, wait: timedelta = NOW, **changes: object) -> Batch | None:
        """Write how far the batch has come; None where somebody else has written meanwhile.

        A batch whose members `wait` for a time is kept for as long as if it began then.
        """
        if batch.transfer is None:
            return None
        changed = batch.transfer._replace(token=self.token(), **changes)  # type: ignore[arg-type]
        purge_at = max(batch.purge_at, self.clock() + wait + PATIENCE + self.retention)
        # More lines become members only where nobody has asked to cancel.
        more = changed.planned > batch.transfer.planned
        if self.batches.advance(batch, changed, purge_at=purge_at, unless_cancelled=more):
            return replace(batch.moved(changed), purge_at=purge_at)
        return None

    def _submit_slice(
        self, batch: Batch, transfer: Transfer, lines: Lines, until: datetime
    ) -> timedelta | None:
        taken = lines.take(transfer.offset, min(SLICE, MOST_LINES + 1 - transfer.lines))
        first, upto, now = transfer.lines + 1, transfer.lines + len(taken.lines), self.clock()
        read = {
            first + n: self._read(line, batch, first + n, now) for n, line in enumerate(taken.lines)
        }
        if upto > transfer.planned:
            members = (one for one in read.values() if not isinstance(one, Failure))
            wait = max((one.timing.wait(now) for one in members), default=NOW)
            planned = self._save(batch, wait=wait, planned=upto)
            if planned is None:
                # Somebody has asked to cancel, or another call is at it.
                found = self.batches.find(batch.id).batch
                return NOW if found and found.cancel_requested_at else None
            batch = planned
        self._submit(batch, read, until)
        whole = taken.last or upto > MOST_LINES
        done = self._save(batch, lines=upto, offset=taken.end, whole=whole)
        if done and whole:
            self.logger.info("batch submitted", extra={"batch_id": batch.id, "lines": upto})
        return _on(done)

    def _submit(
        self, batch: Batch, read: Mapping[int, Submission | Failure], until: datetime
    ) -> None:
        members = [one for one in read.values() if not isinstance(one, Failure)]
        failed = {place: one for place, one in read.items() if isinstance(one, Failure)}
        answers = self.submit(members, until=until) if members else []
        for member, answer in zip(members, answers, strict=True):
            why = answer.why if isinstance(answer, Refusal) else None
            if why is Why.NOT_STORED:
                raise Unavailable("members of a batch")
            if why is Why.TOO_LARGE:
                failed[int(member.id.rpartition(".")[2])] = _invalid(TOO_LONG)
            if why is Why.OTHER_WORK:
                # An earlier version of the code has read the line differently: that is the member.
                self.logger.error("member refused", extra={"command_id": member.id})
        if failed:
            list(self._pool.map(lambda place: self._fail(batch, place, failed[place]), failed))

    def _read(
        self, line: bytes | None, batch: Batch, number: int, now: datetime
    ) -> Submission | Failure:
        if number > MOST_LINES:
            return _invalid(TOO_MANY)
        return _invalid(TOO_LONG) if line is None else self.read_line(line, batch, number, now)

    def _fail(self, batch: Batch, place: int, failure: Failure) -> None:
        """Record a line that is no command as a member that has failed."""
        now = self.clock()
        self.store.record(unread(batch, place, failure, now=now, purge_at=now + self.retention))

    def _list_results(self, batch: Batch, transfer: Transfer) -> timedelta | None:
        try:
            if not transfer.upload:
                return _on(self._save(batch, upload=self.files.begin(batch.id)))
            if transfer.listed < batch.total:
                text, listed = self._part(batch, transfer.listed)
                number = transfer.parts + 1
                self.files.part(batch.id, transfer.upload, number, text)
                return _on(self._save(batch, parts=number, listed=listed))
            self.files.finish(batch.id, transfer.upload)
        except UploadGone:
            if not self.files.exists(batch.id):
                return _on(self._save(batch, upload="", parts=0, listed=0))
        if self._save(batch, written=True):
            self.logger.info("results listed", extra={"batch_id": batch.id})
        return None

    def _part(self, batch: Batch, listed: int) -> tuple[bytes, int]:
        """The next part, and how many members are listed then."""
        text = bytearray()
        for line in self._results(batch, listed):
            text += line
            listed += 1
            if len(text) >= PART_BYTES:
                break
        return bytes(text), listed

    def _results(self, batch: Batch, listed: int) -> Iterator[bytes]:
        """The lines of the results from a member on."""
        while places := batch.places[listed:][:READ_AHEAD]:
            chunks = [places[begin : begin + READ] for begin in range(0, len(places), READ)]
            ids = [[member_id(batch.id, place) for place in chunk] for chunk in chunks]
            known = {
                one: command
                for found in self._pool.map(self.commands.get_many, ids)
                for one, command in found.items()
            }
            for place in places:
                yield listed_line(place, member_id(batch.id, place), known)
            listed += len(places)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(CONCURRENCY)


def listed_line(place: int, command_id: str, known: dict[str, Command]) -> bytes:
    """What the results say of a member; its record may have expired."""
    shown: dict[str, object] = {"line": place, "id": command_id}
    command = known.get(command_id)
    shown["status"] = command.status if command else "UNKNOWN"
    if command and command.failure is not None:
        shown["error"] = asdict(command.failure)
    if command and command.status is Status.COMPLETED:
        shown |= _result(command)
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _result(command: Command) -> dict[str, object]:
    large: dict[str, object] = {"resultAt": f"commands/{command.id}"}
    if command.result_key is not None:
        return large
    try:
        encoded(command.result, limit=LISTED_BYTES)
    except DoesNotFit:
        return large
    return {"result": command.result}


def _on(saved: Batch | None) -> timedelta | None:
    """Go on at once, or leave it to whoever has written meanwhile."""
    return NOW if saved else None


def _invalid(message: str) -> Failure:
    return Failure(code="invalid_line", message=message, retryable=False)
