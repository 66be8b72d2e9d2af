"""Endings of commands through the notifier and the sender to their receivers, in virtual time."""

from __future__ import annotations

import importlib
import logging
import os
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from unittest.mock import patch

from command_api.adapters.sqs.deliveries import Deliveries
from command_api.adapters.sqs.failures import FailureQueue
from command_api.adapters.sqs.sender import SQSSender
from command_api.domain.delivery import CALLBACK, Endpoint, delivery_id
from command_api.domain.ending import Ending
from command_api.domain.model import Callback, Status
from command_api.usecases.notify import Notify
from tests.builders import NOW, command
from tests.property.receivers import ENDS, Reply, manners
from tests.property.sending import SETTINGS, Sending
from tests.property.told import PATIENCE, Mapping, Services, Table, callback_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TROUBLE = ("die before", "die after", "fail", "answer lost")
NOTIFIER_TROUBLE = ("die before", "die after", "throttled", "answer lost")
DAY = 86_400.0
# An endpoint of the environment, beside the callbacks of clients.
AUDIT = Endpoint(name="audit", url="https://audit.example/")
CALM: Callable[[int], str] = lambda _call: ""  # noqa: E731


@dataclass
class Run:
    """One run: what ended, what was queued, and what became of the deliveries."""

    table: Table
    services: Services
    sending: Sending
    callbacks: Sequence[Callback]

    def expected(self) -> dict[str, tuple[str, str]]:
        """Each delivery's id with its receiver's host and its ending."""
        found: dict[str, tuple[str, str]] = {}
        for ending in self.table.ended:
            name, _, moment = ending.partition("/")
            number = int(name.removeprefix("c-"))
            named = callback_of(number, self.callbacks)
            assert named is not None
            one = Ending(
                command(id=name, completed_at=NOW + timedelta(milliseconds=int(moment) - _NOW))
            )
            assert one.id == ending
            found[delivery_id(one, CALLBACK)] = (_host(named.url), ending)
            found[delivery_id(one, AUDIT.name)] = (_host(AUDIT.url), ending)
        return found

    def contradictions(self) -> list[str]:
        """What is wrong: unheard endings, others that were heard, several ids or bodies."""
        wrong = self.sending.receivers.contradictions(self.table.ended)
        taken = {call.webhook_id for call in self.sending.receivers.calls if call.taken}
        arrived = {call.webhook_id for call in self.sending.receivers.calls}
        expected = self.expected()
        wrong += [f"{one} is the delivery of no ending" for one in arrived - expected.keys()]
        dead = {mail.command_id for mail in self.sending.queue.dead.values()}
        for one, (host, ending) in expected.items():
            found = self.sending.table.commands.get(one)
            code = found.failure.code if found and found.failure else ""
            if found is None or not found.status.terminal:
                wrong.append(f"{ending} to {host} is {found and found.status}")
            elif code not in ENDS.get(host, ("",)) and code != "worker_lost":
                wrong.append(f"{ending} to {host} ended with {code or 'a success'}")
            elif found.status is Status.FAILED and found.redrivable and one not in dead:
                wrong.append(f"{ending} to {host} failed, and is not in the dead-letter queue")
            elif found.status is Status.COMPLETED and one not in taken:
                wrong.append(f"{ending} to {host} counts as delivered, and was not heard")
            elif host in ("gone.example", "moved.example") and one not in arrived:
                wrong.append(f"{ending} was never told to {host}")
        if self.services.failures:
            wrong.append(f"{len(self.services.failures)} changes were given up")
        return wrong

    def lines(self) -> list[str]:
        """What happened, for people."""
        sending, expected = self.sending, self.expected()
        ids = Counter(call.webhook_id for call in sending.receivers.calls)
        taken = {call.webhook_id for call in sending.receivers.calls if call.taken}
        unheard = [
            one for one, (host, _) in expected.items() if host not in ENDS and one not in taken
        ]
        states = Counter(
            found.failure.code if found.failure else str(found.status)
            for found in sending.table.commands.values()
        )
        calls = sending.receivers.calls
        kinds = ", ".join(f"{n:,} {name}" for name, n in sorted(states.items()))
        text = (
            f"{len(self.table.ended):,} endings, {len(expected):,} deliveries,"
            f" {len(self.services.queued):,} messages of them in the queue\n"
            f"{sending.now / DAY:.1f} days of virtual time: {sending.calls:,} calls of table, queue"
            f" and receivers, {sending.invocations:,} invocations, {sending.deaths:,} deaths\n"
            f"{len(calls):,} calls arrived, {len(calls) - len(ids):,} of them again, at most"
            f" {max(ids.values(), default=0)} of one delivery\n"
            f"deliveries: {kinds}\n"
            f"unheard by those who listen: {len(unheard)}"
        )
        return text.splitlines()


_NOW = round(NOW.timestamp() * 1000)


def run(  # noqa: PLR0913 - each is one kind of trouble
    commands: int,
    seed: int,
    *,
    notifying: Callable[[int], str] = CALM,
    sending: Callable[[int], str] = CALM,
    refused: Callable[[], bool] = lambda: False,
    away: tuple[float, float] = (0.0, 0.0),
    repetitions: int = 1,
) -> Run:
    """Let so many commands end, and tell their receivers, with this trouble at the calls.

    All endings are told as often as `repetitions` says.
    """
    random = Random(seed)  # noqa: S311 - the same days in every run
    replies = manners(random)
    callbacks = [
        Callback(f"https://{host}/hook", include_result=True)
        for host in replies
        if host != _host(AUDIT.url)
    ]
    table = Table()
    table.live(commands, random, callbacks)
    services = Services(plan=notifying, refused=refused, away=away)
    for _ in range(repetitions):
        _notify(table, services)
    found = Sending(replies, random, sending, coming=list(services.queued))
    found.play(6 * DAY)
    return Run(table, services, found, callbacks)


def bad_days(commands: int, seed: int) -> Run:
    """A run in which 3 % of all calls fail or end a process, and the queue is away for a while."""
    draw = Random(f"{seed}/trouble")  # noqa: S311 - the same trouble in every run

    def now_and_then(kinds: Sequence[str], share: float) -> Callable[[int], str]:
        return lambda _: draw.choice(kinds) if draw.random() < share else ""

    return run(
        commands,
        seed,
        notifying=now_and_then(NOTIFIER_TROUBLE, 0.1),
        sending=now_and_then(TROUBLE, 0.03),
        refused=lambda: draw.random() < 0.02,
        away=(1_000.0, 2_800.0),
    )


def replayed(done: Run) -> list[str]:
    """Replay what is in the dead-letter queue, with all receivers there again; what is wrong."""
    sending, wrong = done.sending, []
    failed = {mail.command_id for mail in sending.queue.dead.values()}
    before = len(sending.receivers.calls)
    sending.receivers.replies = dict.fromkeys(sending.replies, lambda _at: Reply(200))
    sending.trouble = CALM
    sending.queue.redrive()
    sending.play(sending.now + DAY)
    heard = {call.webhook_id for call in sending.receivers.calls[before:] if call.taken}
    if heard != failed:
        wrong.append(f"{len(failed - heard)} replayed deliveries were not heard")
    return wrong + sending.receivers.contradictions(done.table.ended)


def _notify(table: Table, services: Services) -> None:
    """The notifier's entry point behind a mapping, with these services in the place of AWS."""
    quiet = logging.getLogger("quiet")
    quiet.disabled = True
    failures = FailureQueue(lambda: services, "https://failures")
    sender = SQSSender(lambda: services, "https://deliveries", fair=True, sleep=lambda _: None)
    notify = Notify(
        listeners=[Deliveries(sender, [AUDIT])],
        failures=failures,
        logger=quiet,
        patience=timedelta(seconds=PATIENCE),
        clock=lambda: NOW + timedelta(seconds=services.now),
    )
    with patch.dict(os.environ, SETTINGS):
        module = importlib.import_module("command_api.entrypoints.notifier")
    with patch.object(module, "failures", failures), patch.object(module, "notify", notify):
        Mapping(module.handler, services).read(table)


def _host(url: str) -> str:
    return url.split("/")[2]
