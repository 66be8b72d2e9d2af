"""Commands in DynamoDB: one conditional write to claim, one to finish, no reads.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from command_api.adapters.dynamodb.expressions import (
    CANCEL,
    GOES_ON,
    HELD,
    UNCHANGED,
    cancellable,
    claim,
    claimable,
)
from command_api.adapters.dynamodb.item import (
    MARKS,
    OPTIONAL,
    Attributes,
    attributes,
    claim_values,
    command_of,
    hand_over_of,
    moment,
    number,
    outcome,
    past_of,
    progress_of,
    seconds,
    step_of,
    text,
    unchanged,
)
from command_api.adapters.dynamodb.table import Refused, Table, assignments
from command_api.domain import lifecycle
from command_api.domain.errors import CancelRequested, LeaseLost, Unavailable, Unknown
from command_api.domain.model import Claim, Status
from command_api.domain.overlap import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from command_api.domain.access import Caller
    from command_api.domain.effects import Effect
    from command_api.domain.model import JSON, Attempt, Command, Progress, Step, Submission

# What a command that is completed needs no more.
_SERVED = "#leaseExpiresAt, #error, #steps, #progress, #state, #stateKey"
# Which run of a schedule was let start last: an item for each schedule that skips runs.
_TURNS = "schedule/"
_UNFINISHED = "#status IN (:pending, :processing, :cancelling)"


@dataclass(frozen=True, eq=False, repr=False)
class DynamoDBCommands:
    """The commands of one table; `ttl_attribute` is what its time to live is called."""

    client: Any
    table: str
    ttl_attribute: str

    @cached_property
    def _items(self) -> Table:
        return Table(self.client, self.table)

    def get(self, command_id: str, *, newest: bool = False) -> Command | None:
        """Read a command: eventually consistent, for half the price, unless it is not found.

        A client that was just told of a command must not be told that there is none.
        """
        found = None if newest else self._items.get(command_id)
        found = found or self._items.get(command_id, consistent=True)
        return command_of(found, self.ttl_attribute) if found else None

    def claim(self, submission: Submission, attempt: Attempt) -> Claim:
        """Claim by one write; where it is refused, the same answer says by what."""
        owned = bool(submission.owner)
        try:
            answer = self._items.update(
                submission.id,
                claim(owned=owned, called_back=submission.callback is not None),
                claimable(owned=owned, takes_over=attempt.takes_over, sliced=attempt.slices > 0),
                claim_values(submission, attempt),
                # A new command has nothing old, so that there is nothing to send back and to read.
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            stored = command_of(refused.item, self.ttl_attribute)
            return Claim(stored, won=_holds(refused, attempt.token))
        old = answer.get("Attributes")
        known = command_of(old, self.ttl_attribute) if old else None
        claimed = lifecycle.claimed(known, submission, attempt)
        return Claim(claimed, won=True, known=known is not None)

    def replace(self, known: Command, command: Command) -> None:
        """Overwrite a command by one write, on the condition that nobody else has touched it."""
        token = command.lease.token if command.lease else ""
        self._write(
            command,
            attributes(command, self.ttl_attribute),
            token,
            remove=(*OPTIONAL, self.ttl_attribute),
            condition=UNCHANGED,
            values=unchanged(known),
        )

    def finish(self, command: Command, token: str) -> None:
        """Write the end of an attempt by one write, on the condition that it holds the lease.

        The token stays in the item: a repetition recognises by it that it was written already.
        """
        # What earlier attempts and this one have stored serves the next one; see Command.completed.
        completed, waits = command.status is Status.COMPLETED, command.status is Status.PENDING
        served = ("steps", "progress") if completed else ()
        if command.slices and (completed or waits):
            # It has been sent, whatever its submission has noted.
            served = (*served, "state", "stateKey", *MARKS)
        changed = outcome(command, self.ttl_attribute)
        if command.status is Status.PENDING:
            changed["attempts"] = number(command.attempts)
        elif command.status is Status.FAILED:
            changed["messageId"] = text(command.message_id)
        if command.hand_over is not None and command.hand_over.lease == token:
            changed["handOver"] = hand_over_of(command.hand_over)
        self._write(
            command,
            changed,
            token,
            remove=("leaseExpiresAt", "error", *served),
            condition=GOES_ON if command.may_run_again else HELD,
            values=_goes_on(token) if command.may_run_again else _held(token),
        )

    def load_state(self, command: Command) -> JSON:
        """What the command itself has; one that is stored apart needs `LargeResults`."""
        if command.state_key is not None:
            raise Unavailable("The state is in S3, and RESULTS_BUCKET is not set.")
        return command.state

    def commit(self, command: Command, token: str, effects: Sequence[Effect]) -> None:
        """Write the end and a handler's own items by one transaction, on the same condition."""
        from command_api.adapters.dynamodb import transaction  # noqa: PLC0415 - few handlers commit

        changed = outcome(command, self.ttl_attribute)
        write = self._items.as_update(
            command.id,
            f"{assignments(changed)} REMOVE {_SERVED}",
            HELD,
            {**changed, **_held(token)},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        try:
            transaction.write(self.client, write, transaction.rendered(effects), token)
        except Refused as refused:
            if not _is_written(refused.item, changed, token):
                raise LeaseLost from None

    def record(self, command: Command) -> bool:
        """Write a command that never ran, unless its id is known."""
        changed = attributes(command, self.ttl_attribute)
        try:
            self._items.update(
                command.id, assignments(changed), "attribute_not_exists(id)", changed
            )
        except Refused:
            return False
        return True

    def schedule(self, command: Command) -> Command:
        """Write by one write; where it is refused, the same answer has what is stored."""
        changed = attributes(command, self.ttl_attribute)
        try:
            self._items.update(
                command.id,
                assignments(changed),
                "attribute_not_exists(id)",
                changed,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            return command_of(refused.item, self.ttl_attribute)
        return command

    def wait(self, command_id: str, until: datetime) -> None:
        """Move the end of the wait by one write, where the command has not ended."""
        values = {
            "until": moment(until),
            "pending": text(Status.PENDING),
            "processing": text(Status.PROCESSING),
            "cancelling": text(Status.CANCELLING),
        }
        with suppress(Refused):
            self._items.update(command_id, "SET #waitsUntil = :until", _UNFINISHED, values)

    def cancel(self, cancelled: Command, caller: Caller) -> tuple[Command, bool]:
        """Cancel by one write; where it is refused, the same answer says by what."""
        values = attributes(cancelled, self.ttl_attribute)
        values["purge"] = values.pop(self.ttl_attribute)
        values["pending"] = text(Status.PENDING)
        if caller.owner and not caller.admin:
            values["owner"] = text(caller.owner)
        try:
            answer = self._items.update(
                cancelled.id,
                CANCEL,
                cancellable(caller),
                values,
                names={"#purge": self.ttl_attribute},
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            known = command_of(refused.item, self.ttl_attribute) if refused.item else None
            if known is None or not caller.sees(known):
                raise Unknown from None
            return known, False
        return command_of(answer["Attributes"], self.ttl_attribute), True

    def record_step(self, command_id: str, token: str, name: str, step: Step) -> None:
        """Store a step's result by one write, on the condition that the attempt holds the lease."""
        values = {"result": step_of(step), **_held(token)}
        try:
            self._items.update(
                command_id, "SET #steps.#name = :result", HELD, values, names={"#name": name}
            )
        except Refused:
            raise LeaseLost from None

    def record_progress(self, command_id: str, token: str, progress: Progress) -> bool:
        """Store a progress by one write, on the condition that the attempt holds the lease.

        The same answer says what clients want. The time of the last change stays: it would cost the
        index by status two more writes.
        """
        values = {"progress": progress_of(progress), **_held(token)}
        try:
            answer = self._items.update(
                command_id, "SET #progress = :progress", HELD, values, ReturnValues="ALL_NEW"
            )
        except Refused:
            raise LeaseLost from None
        return _is_cancelling(answer["Attributes"])

    def hand_over(self, command: Command, token: str, progress: Progress | None = None) -> bool:
        """Write by one write, on the condition that the attempt holds the lease."""
        if command.hand_over is None or command.lease is None:
            raise LeaseLost
        values = {
            "handOver": hand_over_of(command.hand_over),
            "leaseExpiresAt": moment(command.lease.expires_at),
            "maxAttempts": number(command.max_attempts),
            **({"waitsUntil": moment(command.waits_until)} if command.waits_until else {}),
            **({"progress": progress_of(progress)} if progress else {}),
            # A worker that was lost before is known to its successor alone.
            **({"past": past_of(command.past)} if command.past else {}),
        }
        try:
            answer = self._items.update(
                command.id,
                assignments(values),
                HELD,
                {**values, **_held(token)},
                ReturnValues="ALL_NEW",
            )
        except Refused:
            raise LeaseLost from None
        return _is_cancelling(answer["Attributes"])

    def request_cancel(self, known: Command, now: datetime) -> bool:
        """Ask by one write, on the condition that the attempt goes on."""
        token = known.lease.token if known.lease else ""
        values = {**_goes_on(token), "cancelling": text(Status.CANCELLING), "now": moment(now)}
        try:
            self._items.update(
                known.id,
                "SET #status = :cancelling, #cancelRequestedAt = :now",
                GOES_ON,
                values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            return _is_cancelling(refused.item) and _holds(refused, token)
        return True

    def cancel_requested(self, command_id: str, token: str) -> bool:
        """Ask by one read, of what every write before has left."""
        item = self._items.get(command_id, consistent=True) or {}
        if item.get("leaseToken") != text(token) or "leaseExpiresAt" not in item:
            raise LeaseLost
        return _is_cancelling(item)

    def turn(self, schedule: str) -> Turn:
        """Read an item that is no command, for no id of one has this character."""
        item = self._items.get(f"{_TURNS}{schedule}", consistent=True)
        return Turn(item["run"]["S"], item["leaseToken"]["S"]) if item else Turn()

    def take_turn(self, schedule: str, turn: Turn, *, after: Turn, purge_at: datetime) -> bool:
        """Write on the condition that nobody else has done so since it was read."""
        ours = {"run": text(turn.run), "leaseToken": text(turn.token)}
        condition = "#leaseToken = :before" if after.run else "attribute_not_exists(id)"
        before = {"before": text(after.token)} if after.run else {}
        try:
            self._items.update(
                f"{_TURNS}{schedule}",
                f"{assignments(ours)}, #purge = :purge",
                condition,
                {**ours, **before, "purge": seconds(purge_at)},
                names={"#purge": self.ttl_attribute},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            # Written already, where the answer got lost and the write was repeated.
            return ours.items() <= refused.item.items()
        return True

    def _write(
        self,
        command: Command,
        changed: Attributes,
        token: str,
        *,
        remove: Sequence[str],
        condition: str,
        values: Attributes,
    ) -> None:
        """Write on a condition; LeaseLost where it fails, unless exactly this is there already."""
        expression = assignments(changed)
        gone = [f"#{name}" for name in remove if name not in changed]
        if gone:
            expression += " REMOVE " + ", ".join(gone)
        try:
            self._items.update(
                command.id,
                expression,
                condition,
                {**changed, **values},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Refused as refused:
            if _is_written(refused.item, changed, token):
                return
            if _is_cancelling(refused.item) and _holds(refused, token):
                raise CancelRequested from None
            raise LeaseLost from None


def _held(token: str) -> Attributes:
    """What the condition `expressions.HELD` compares with."""
    return {"token": text(token)}


def _goes_on(token: str) -> Attributes:
    """What the condition `expressions.GOES_ON` compares with."""
    return {"token": text(token), "processing": text(Status.PROCESSING)}


def _is_cancelling(item: Attributes) -> bool:
    return item.get("status") == text(Status.CANCELLING)


def _is_written(found: Attributes, changed: Attributes, token: str) -> bool:
    """Whether a write was refused by its own success: its answer got lost, and it was repeated."""
    # The message, too: two that find the same lost worker know the same token.
    told = changed.keys() & {"status", "updatedAt", "messageId"}
    ours = all(found.get(name) == changed[name] for name in told)
    return ours and found.get("leaseToken", text("")) == text(token)


def _holds(refused: Refused, token: str) -> bool:
    """Whether a claim was refused by its own success: its answer got lost, and it was repeated."""
    return refused.item.get("leaseToken") == text(token)
