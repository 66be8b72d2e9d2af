"""Where an environment keeps its deliveries: their queue, dead-letter queue and table."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

import click

from scripts import cli
from scripts.commands.deployed import Table
from scripts.dlq.deployed import DeployedQueues
from scripts.errors import OperatorError
from scripts.framework import errors, lifecycle, model, ports, records
from scripts.notifications import delivery, ending
from scripts.target.options import named, unnamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scripts.target.target import Target

# The index of module `data`.
_INDEX = "by-status"
# What `records.stored` reads, and the time that an ending is known by.
_FIELDS = (*records.SUMMARY, "completedAt")


@dataclass(frozen=True, kw_only=True)
class Deliveries(DeployedQueues):
    """Queues and table of the deliveries, which are commands of their own, and the commands'."""

    commands_table: str

    redriving: ClassVar[str] = "Replaying"
    redrove: ClassVar[str] = "replayed"

    def command(self, verb: str, *words: str) -> str:
        """A command line of this tool in the place of one of `scripts.dlq`."""
        if verb == "redrive":
            return cli.command_line("webhooks", "replay", *words, flags=self.flags)
        return cli.command_line("webhooks", "list", "--status", "FAILED", flags=self.flags)

    def index(self) -> Table:
        """Deliveries by status and time."""
        return Table(self.table, _INDEX, self.ttl_attribute, self.dynamodb)

    def records(self) -> ports.CommandStore:
        """The table of deliveries, by the worker's own rules."""
        return records.store(self.dynamodb, self.table, self.ttl_attribute)

    def record(self, name: str) -> model.Command | None:
        """One delivery as the worker finds it; None past its time."""
        with answering():
            found = self.records().get(name, newest=True)
        past = found and lifecycle.past_its_time(found, now=datetime.now(UTC))
        return None if past else found

    def ids(self, names: Iterable[str], receiver: str) -> list[str]:
        """Ids of deliveries, by those or by commands: of a command's last ending to `receiver`."""
        return [self._of_command(name, receiver) or name for name in names]

    def _of_command(self, name: str, receiver: str) -> str | None:
        attributes = {f"#{one}": one for one in _FIELDS} | {"#ttl": self.ttl_attribute}
        item = self.dynamodb.get_item(
            TableName=self.commands_table,
            Key={"id": {"S": name}},
            ProjectionExpression=", ".join(attributes),
            ExpressionAttributeNames=attributes,
        ).get("Item")
        command = records.stored(item, self.ttl_attribute) if item else None
        if command is None or not command.status.terminal:
            return None
        return delivery.delivery_id(ending.Ending(command), receiver)


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Say in a line that the table does not answer."""
    try:
        yield
    except errors.Unavailable as error:
        raise OperatorError(
            f"DynamoDB does not answer ({error}); wait a minute and run the same command again"
        ) from None


def resolve(*, env: str | None, local: bool) -> Deliveries:
    """The deliveries of the environment that the options name."""
    target = named(env=env, local=local)
    if target is None:
        raise click.UsageError(unnamed())
    return of(target)


def of(target: Target) -> Deliveries:
    """The deliveries of an environment; OperatorError where it has no webhooks."""
    commands_table, ttl, addresses = target.require(
        "dynamodb_table_name", "dynamodb_ttl_attribute", "notifications"
    )
    if not addresses.get("webhook_queue_url"):
        raise OperatorError(
            "this environment has no webhooks; set notifications.webhooks in its terraform.tfvars"
            f" and apply: {target.apply} (see docs/webhooks.md)"
        )
    return Deliveries(
        target.client("sqs"),
        target.client("dynamodb"),
        addresses["webhook_queue_url"],
        addresses["webhook_dlq_url"],
        addresses["deliveries_table_name"],
        ttl,
        target.flags,
        commands_table=commands_table,
    )
