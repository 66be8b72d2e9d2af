"""`make demo-more`: a nightly report, an import, and a priority lane, side by side on one stack."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from scripts.batch_framework import batches
from scripts.commands.api import CommandsApi, explained
from scripts.errors import OperatorError
from scripts.framework import answers, submission, transport, waiting
from scripts.schedules import deployed
from scripts.settings import DEFAULT_ENVIRONMENT, ENVIRONMENTS
from scripts.stack import clients
from scripts.stack.deployment import values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

    from command_client import Batch, Member
    from scripts.schedules.deployed import DeployedSchedules, Schedule
    from scripts.stack.deployment import Deployment
    from scripts.stack.stack import LocalStack

SETTINGS = ENVIRONMENTS / DEFAULT_ENVIRONMENT / "examples" / "more.tfvars"
SCHEDULE, PRIORITY = "nightly", "high"
# As many commands as a batch may have, and as many lines as a slice of import_orders stores.
LINES, COMMANDS = 100, 100
# One in so many lines has a price that nobody can pay.
BAD_EVERY = 1_000
CUSTOMERS = 5
# A schedule names a minute; whoever moves one must be done before that begins.
LEAD = timedelta(seconds=10)
FOLLOW_SECONDS = 600.0
PAUSE_SECONDS = 1.0
NEXT = """
Try next:
  make dashboard
  python -m scripts.schedules list --local
  python -m scripts.worker show --queue high --local
  make down"""


def settings(deployment: Deployment) -> dict[str, Any]:
    """What the examples need, beside what terraform.tfvars says of the same variables."""
    given = deployment.chosen()
    return {
        name: {**(given.get(name) or {}), **value} if isinstance(value, dict) else value
        for name, value in values_of(SETTINGS).items()
    }


def orders(count: int) -> Iterator[dict[str, object]]:
    """The lines of the file that is imported."""
    for line in range(1, count + 1):
        yield {
            "productId": f"tea-{line % 250:03}",
            "quantity": line % 9 + 1,
            "customerEmail": f"customer-{line}@example.com",
            "unitPrice": 0.015 if line % BAD_EVERY == 0 else 4.5,
        }


def commands_of(lines: Sequence[Mapping[str, object]]) -> list[Member]:
    """Lines as the commands of one batch, a hundred in each."""
    return [
        {"type": "import_orders", "input": {"orders": lines[first : first + LINES]}}
        for first in range(0, len(lines), LINES)
    ]


@dataclass
class Order:
    """An order of one customer, and what has become of it."""

    customer: str
    pays: bool
    id: str
    ended: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """From its submission to its end, by the clock of the environment."""
        times = [datetime.fromisoformat(self.ended[name]) for name in ("createdAt", "updatedAt")]
        return (times[1] - times[0]).total_seconds()


@dataclass(frozen=True)
class Examples:
    """The examples against one deployed environment."""

    console: Console
    api: CommandsApi
    schedules: DeployedSchedules

    @classmethod
    def of(cls, console: Console, stack: LocalStack, outputs: Mapping[str, Any]) -> Examples:
        """The examples against what Terraform's outputs describe."""
        scheduler, table = clients.client(stack, "scheduler"), clients.dynamodb_client(stack)
        schedules = deployed.of(outputs, scheduler, table, "--local", "make demo-more")
        return cls(console, CommandsApi(outputs["commands_endpoint"]), schedules)

    def run(self) -> None:
        """Show all three; OperatorError where one does not come to the end that it should have."""
        schedule = self.schedules.get(SCHEDULE)
        at = _next_minute(datetime.now(UTC))
        self._tell_of(schedule, at)
        self.schedules.update(schedule, ScheduleExpression=_once(at, schedule))
        try:
            with _explaining():
                batch_id = self._import()
                self._follow(batch_id, self._order())
                self._summary(batch_id)
                self._report(schedule.run_id(at), at)
        finally:
            self.schedules.update(schedule)
        self.console.print(f"  {SCHEDULE} fires at its own time again: {schedule.expression}")

    def _tell_of(self, schedule: Schedule, at: datetime) -> None:
        self.console.rule("A nightly report", align="left")
        following = next(schedule.following(datetime.now(UTC)))
        self.console.print(f"  {SCHEDULE} fires next at {_shown(following, schedule)}.")
        self.console.print(f"  For this demo it fires once at {_shown(at, schedule)}.")

    def _import(self) -> str:
        """Submit all lines as one batch, with the summary that follows it."""
        self.console.rule("An import with a summary at the end", align="left")
        members = commands_of(list(orders(LINES * COMMANDS)))
        asked = {"commands": len(members), "linesPerCommand": LINES}
        batch_id = batches.submit_batch(
            self.api.endpoint,
            members,
            key=f"import-{uuid4().hex}",
            then={"when": "all", "type": "summarize_import", "input": asked},
        )
        said = f"{LINES * COMMANDS:,} lines as {len(members)} commands of batch {batch_id}"
        self.console.print(f"  {said}", markup=False)
        return batch_id

    def _order(self) -> list[Order]:
        """Orders of customers who wait behind the import, and of customers who pay."""
        self.console.rule("A priority lane for customers who pay", align="left")
        self.console.print("  While the import runs, each of ten customers orders once.")
        placed = []
        for number, one in enumerate(orders(2 * CUSTOMERS)):
            pays = number % 2 == 1
            command_id = submission.submit(
                self.api.endpoint, "process_order", one, priority=PRIORITY if pays else ""
            )
            placed.append(Order(f"customer {number + 1}", pays, command_id))
        return placed

    def _follow(self, batch_id: str, placed: Sequence[Order]) -> None:
        """Tell of each order and of the import, until all have ended."""
        end, shown = time.monotonic() + FOLLOW_SECONDS, -1
        while True:
            for order in placed:
                if not order.ended and (ended := self._ended(order.id)):
                    order.ended = ended
                    lane = "pays" if order.pays else "does not pay"
                    said = f"{order.customer}, who {lane}: {ended['status']} after"
                    self.console.print(f"  {said} {order.seconds:.1f} s", markup=False)
            batch = batches.batch(self.api.endpoint, batch_id)
            if (tenth := int(batch["share"] * 10)) > shown:
                shown = tenth
                self.console.print(f"  import: {_progress(batch)}", markup=False)
            if batch["status"] == "ENDED" and all(order.ended for order in placed):
                break
            self._wait(end, batch_id)
        failed = [order.id for order in placed if order.ended["status"] != "COMPLETED"]
        if failed:
            raise OperatorError(f"order {failed[0]} failed; see: make logs FUNCTION=NAME")
        slowest = max(order.seconds for order in placed if order.pays)
        others = min(order.seconds for order in placed if not order.pays)
        said = (
            f"the slowest took {slowest:.1f} s with the lane, the quickest {others:.1f} s without"
        )
        self.console.print(f"  {said}")

    def _summary(self, batch_id: str) -> None:
        """Wait for the command that follows the batch, and show what it says."""
        result = self._completed(f"{batch_id}.then")
        lines = ", ".join(str(one["line"]) for one in result["refusedLines"])
        self.console.rule("The summary of the import", align="left")
        self.console.print(
            f"  {result['stored']:,} lines stored, {result['refused']} refused: {lines}"
        )
        if result["stored"] + result["refused"] != LINES * COMMANDS:
            raise OperatorError(f"lines are missing; see {batch_id}.then for the failed commands")

    def _report(self, command_id: str, at: datetime) -> None:
        """Wait for the run of the schedule, and show what it has written."""
        self.console.rule("The report of the night", align="left")
        if (seconds := (at - datetime.now(UTC)).total_seconds()) > 0:
            self.console.print(f"  It fires in {seconds:.0f} s.")
        result = self._completed(command_id)
        said = f"{command_id}: {result['commands']} commands in {result['htmlKey']}"
        self.console.print(f"  {said}", markup=False)

    def _completed(self, command_id: str) -> Any:  # noqa: ANN401 - each type has its own
        """The result of a command once it is there."""
        end = time.monotonic() + FOLLOW_SECONDS
        while not (ended := self._ended(command_id)):
            self._wait(end, command_id)
        if ended["status"] != "COMPLETED":
            raise OperatorError(f"{command_id} is {ended['status']}: {ended.get('error')}")
        return ended["result"]

    def _ended(self, command_id: str) -> Mapping[str, Any] | None:
        """A command that has ended; None while it has not, or is not known yet."""
        answer = self.api.get(command_id)
        command: Mapping[str, Any] = answer.json() if answer.status == HTTPStatus.OK else {}
        return command if command.get("status") in waiting.ENDED else None

    @staticmethod
    def _wait(end: float, what: str) -> None:
        if time.monotonic() > end:
            raise OperatorError(f"{what} did not end in time; see: make logs")
        time.sleep(PAUSE_SECONDS)


@contextlib.contextmanager
def _explaining() -> Iterator[None]:
    """Turn what a client is told into one line for an operator."""
    try:
        yield
    except answers.Refused as refused:
        raise OperatorError(explained(refused)) from None
    except transport.Unreachable as error:
        raise OperatorError(f"the API does not answer ({error}); see: make logs") from None


def _progress(batch: Batch) -> str:
    ended = sum(batch["counts"][name] for name in ("completed", "failed", "cancelled"))
    text = f"{batch['share']:.0%}, {ended} of {batch['total']} commands"
    if "estimatedEndAt" not in batch:
        return text
    left = datetime.fromisoformat(batch["estimatedEndAt"]) - datetime.now(UTC)
    return f"{text}, about {max(left.total_seconds(), 0):.0f} s left"


def _next_minute(now: datetime) -> datetime:
    """The beginning of a minute that is far enough ahead."""
    return (now + LEAD).replace(second=0, microsecond=0) + timedelta(minutes=1)


def _once(at: datetime, schedule: Schedule) -> str:
    """A time of the schedule's zone as a cron expression that fires once."""
    local = at.astimezone(schedule.zone)
    return f"cron({local.minute} {local.hour} {local.day} {local.month} ? {local.year})"


def _shown(at: datetime, schedule: Schedule) -> str:
    return f"{at.astimezone(schedule.zone):%H:%M} {schedule.zone}"
