"""Rotate a secret by hand: the next value comes, and the one before stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from scripts.errors import OperatorError
from scripts.secrets.value import describe
from scripts.secrets.versions import CURRENT, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.secrets.scope import Scope
    from scripts.secrets.store import SecretStore
    from scripts.secrets.versions import Version

# How long a worker may use a value after another one is current: the age of its cache (`max_age`
# of command_api.adapters.secrets_manager; a test compares them) and Lambda's longest run.
CACHE, RUN = timedelta(seconds=300), timedelta(seconds=900)
OVERLAP = CACHE + RUN


class Rotation:
    """What can be done to one secret that has a value; ``name`` is its whole name."""

    def __init__(self, scope: Scope, store: SecretStore, name: str) -> None:
        secret = store.find(name)
        self.name = secret.name
        self._scope = scope
        self._store = store
        self._secret = secret
        self._versions = store.versions(name)

    def recent(self) -> bool:
        """Whether workers may still use a value that the next rotation would forget."""
        changed = self._secret.changed
        kept = any("AWSPREVIOUS" in one.labels for one in self._versions.all())
        return kept and changed is not None and _now() - changed < OVERLAP

    def rotate(self, take: Callable[[str], str], *, pending: bool) -> None:
        """Store what ``take`` gives, as the current value or beside it."""
        if not self._secret.seeded:
            seed = self._scope.command("seed", self.name)
            raise OperatorError(f"{self.name} has no value to rotate; set one with: {seed}")
        waiting = self._waiting()
        if waiting and not pending:
            raise OperatorError(
                f"{self.name} already has a pending value ({waiting.id}); make it the current"
                f" one: {self._command('promote')}, or replace it:"
                f" {self._command('rotate --pending')}"
            )
        given = take(self.name)
        # Stored twice, it would push the value before out of AWS's memory.
        if given == self._store.value(self.name):
            click.echo(f"{self.name} already has this value; nothing was stored")
            return
        if not pending:
            self._store.put(self.name, given)
            click.echo(f"rotated {self.name} ({describe(given)})")
            self._say_overlap()
            return
        if waiting:
            self._versions.unlabel(waiting, PENDING)
        self._store.put(self.name, given, PENDING)
        click.echo(f"stored {self.name} as pending ({describe(given)}); workers do not use it yet")
        click.echo("next: make the service that checks it accept both values; then:", err=True)
        click.echo(self._command("promote"), err=True)

    def promote(self, beginning: str | None) -> None:
        """Make a version current; twice is as good as once, and so is a second try."""
        chosen = self._chosen(beginning)
        if CURRENT in chosen.labels:
            click.echo(f"{self.name}: {chosen.id} is already the current version")
        else:
            self._versions.make_current(chosen)
            click.echo(f"{self.name}: {chosen.id} is now the current version")
            self._say_overlap()
        if PENDING in chosen.labels:
            self._versions.unlabel(chosen, PENDING)

    def _chosen(self, beginning: str | None) -> Version:
        there = self._versions.all()
        if beginning is None:
            chosen = [one for one in there if PENDING in one.labels]
            if not chosen:
                raise OperatorError(
                    f"{self.name} has no pending value; store one with:"
                    f" {self._command('rotate --pending')}, or see: {self._command('versions')}"
                )
        else:
            chosen = [one for one in there if one.id.startswith(beginning)]
        if len(chosen) != 1:
            raise OperatorError(
                f"{len(chosen)} versions of {self.name} begin with that id; see:"
                f" {self._command('versions')}"
            )
        return chosen[0]

    def _waiting(self) -> Version | None:
        found = self._versions.labelled(PENDING)
        return found if found and CURRENT not in found.labels else None

    def _say_overlap(self) -> None:
        until = (_now() + OVERLAP).strftime("%Y-%m-%d %H:%M:%S")
        click.echo(
            "the previous value is kept as AWSPREVIOUS until the next rotation; workers may use"
            f" it until {until} UTC, so do not revoke it earlier"
        )
        click.echo(
            f"to roll back: find the version with {self._command('versions')}, then promote"
            " --version",
            err=True,
        )

    def _command(self, words: str) -> str:
        verb, *options = words.split()
        return self._scope.command(verb, self.name, *options)


def _now() -> datetime:
    return datetime.now(UTC)
