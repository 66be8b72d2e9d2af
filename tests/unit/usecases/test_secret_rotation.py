"""A rotation under load: the partner turns old credentials away, and no command fails for it."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.secrets_manager import SecretsManager, SingleFlight
from command_api.domain.decision import Then
from command_api.domain.errors import Retryable
from command_api.domain.model import Status
from command_api.usecases.process import ProcessMessage
from tests.builders import message
from tests.unit.adapters.test_secrets import NEW, OLD, FakeSecretsManager

if TYPE_CHECKING:
    from command_api.domain.context import Context
    from tests.unit.conftest import Bench

COMMANDS = 60


@dataclass
class Partner:
    """A third party that knows some credentials, and what it said how often."""

    valid: set[str] = field(default_factory=lambda: {OLD})
    said: Counter[int] = field(default_factory=Counter)

    def call(self, credential: str) -> int:
        """A status as of HTTP."""
        status = 200 if credential in self.valid else 401
        self.said[status] += 1
        return status


def handle(partner: Partner, context: Context) -> str:
    """The pattern of docs/operations.md."""
    status = partner.call(context.secrets.get("partner"))
    if status == 401:
        status = partner.call(context.secrets.refresh("partner"))
    if status == 401:
        raise Retryable("The partner refuses us.", code="partner_refuses", after=30)
    return "done"


@dataclass
class Load:
    """Commands one after the other, each again and again until it has ended, on a fake clock."""

    bench: Bench
    partner: Partner = field(default_factory=Partner)
    aws: FakeSecretsManager = field(default_factory=FakeSecretsManager)

    def __post_init__(self) -> None:
        """A worker that asks this partner."""
        self.secrets = SecretsManager(lambda: self.aws, "/dev/acme/")
        self.secrets._flights["partner"] = SingleFlight(self.secrets.pause, self.clock)
        self.bench.handle(lambda context: handle(self.partner, context))

    def clock(self) -> float:
        """The bench's time."""
        return self.bench.now.timestamp()

    def run(self, at: dict[int, list[str]]) -> set[Status]:
        """Submit a command a second; before those of these numbers, do these things."""
        waiting: list[tuple[float, int]] = [(float(n), n) for n in range(COMMANDS)]
        process = ProcessMessage(replace(self.bench.runtime, secrets=self.secrets))
        began = self.clock()
        due = dict(at)
        while waiting:
            waiting.sort()
            when, number = waiting.pop(0)
            self.bench.pass_time(max(0.0, began + when - self.clock()))
            for moment in [one for one in due if one <= when]:
                for step in due.pop(moment):
                    getattr(self, step)()
            name = str(number)
            given = message(message_id=f"m-{name}", receipt_handle=name, command_id=f"c-{name}")
            deadline = self.bench.now + timedelta(seconds=30)
            if process(given, deadline=deadline) is not Then.ACKNOWLEDGE:
                waiting.append((when + self.bench.queue.delays[name], number))
        return {self.bench.store.commands[f"c-{n}"].status for n in range(COMMANDS)}

    def issue(self) -> None:
        """The partner accepts the next credential, too."""
        self.partner.valid.add(NEW)

    def store(self) -> None:
        """The next credential is the current one in Secrets Manager."""
        self.aws.values["/dev/acme/partner"] = NEW

    def revoke(self) -> None:
        """The partner accepts the old one no more."""
        self.partner.valid.discard(OLD)


@pytest.fixture
def load(bench: Bench) -> Load:
    """Commands for a partner."""
    return Load(bench)


def test_two_valid_credentials_fail_nobody(load: Load) -> None:
    """Issue, store, wait, revoke: whoever was behind with it is refused once and refreshes."""
    assert load.run({10: ["issue"], 20: ["store"], 40: ["revoke"]}) == {Status.COMPLETED}
    assert load.partner.said == {200: COMMANDS, 401: 1}
    assert len(load.aws.calls) == 2


def test_a_partner_with_one_credential_costs_retries_only(load: Load) -> None:
    """Between its change and ours nobody gets in; commands wait for that, and none fails."""
    assert load.run({20: ["issue", "revoke"], 35: ["store"]}) == {Status.COMPLETED}
    assert load.partner.said[200] == COMMANDS
    # In the 15 seconds between: a refresh in ten, not one for each command.
    assert len(load.aws.calls) <= 4


def test_no_credential_is_in_the_log(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    """Nor with any command."""
    caplog.set_level(logging.DEBUG)
    load.run({20: ["issue", "revoke"], 35: ["store"]})
    kept = caplog.text + str(load.bench.store.commands)
    assert OLD not in kept
    assert NEW not in kept
