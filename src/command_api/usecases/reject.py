"""Record a message that can never become work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from command_api.domain import lifecycle
from command_api.domain.lifecycle import Verdict
from command_api.domain.message import work_of
from command_api.domain.model import Command, Failure, Status
from command_api.domain.submission import canonical
from command_api.usecases.record import Outcome
from command_api.usecases.report import age_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.errors import Rejected
    from command_api.domain.message import Message
    from command_api.domain.model import JSON
    from command_api.usecases.record import Recorder

# What nobody runs or has ended: it waits for the very message that is rejected now.
_WAITING = {Verdict.CLAIM, Verdict.TAKE_OVER, Verdict.BURY}


def reject(recorder: Recorder, message: Message, rejection: Rejected) -> Outcome:
    """Record the rejection, unless the id belongs to another command.

    A door may have stored the command already, with code that was newer or older than the worker's:
    where the message asks for exactly that work, nothing else will ever end it.
    """
    now = recorder.clock()
    failure = Failure(code=rejection.code, message=rejection.message, retryable=False)
    command = Command(
        id=message.key,
        type="",
        input={},
        status=Status.PENDING,
        created_at=message.sent_at,
        updated_at=now,
        message_id=message.message_id,
        owner=message.owner,
    ).failed(failure, now=now, purge_at=now + recorder.retention)
    if recorder.store.record(command):
        recorder.log("rejected", message, command)
        recorder.measure("", "rejected", age_numbers(command, now))
        return Outcome.ACKNOWLEDGE
    return _reject_known(recorder, message, failure)


def _reject_known(recorder: Recorder, message: Message, failure: Failure) -> Outcome:
    asked, known = work_of(message), recorder.store.get(message.key)
    now = recorder.clock()
    if asked is not None and known is None:
        # It was there a moment ago, and a read may be a moment behind.
        return recorder.give_back(message, 1.0)
    if asked is None or known is None or not _same(known, asked):
        recorder.log("rejected, but its id is taken", message)
        return Outcome.ACKNOWLEDGE
    verdict = lifecycle.verdict_on(message, known, now=now)
    if verdict in _WAITING:
        ended = known.failed(failure, now=now, purge_at=now + recorder.retention)
        recorder.store.replace(known, replace(ended, unsent=None))
        recorder.log("rejected", message, ended)
        recorder.measure(ended.type, "rejected", age_numbers(ended, now))
    elif verdict is Verdict.WAIT:
        return recorder.give_back(message, 1.0)
    return Outcome.ACKNOWLEDGE


def _same(known: Command, asked: tuple[str, Mapping[str, JSON]]) -> bool:
    kind, work = asked
    return known.type == kind and canonical(known.input) == canonical(work)
