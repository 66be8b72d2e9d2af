"""What a handler gets besides its input."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from command_api.domain.errors import LeaseLost, Retryable
from command_api.domain.model import Status
from command_api.usecases.record import Outcome
from tests.builders import fail

if TYPE_CHECKING:
    import pytest

    from command_api.domain.context import Context
    from tests.unit.conftest import Bench


def test_a_step_runs_once_over_all_attempts(bench: Bench) -> None:
    """`once` gives later attempts the stored result instead of running the step again."""
    charges: list[int] = []

    def charge_then_fail(context: Context) -> object:
        receipt = context.once("charge", lambda: charges.append(1) or "r-7")  # type: ignore[func-returns-value]
        assert context.once("charge", lambda: "never") == receipt
        return receipt if context.attempt == 3 else fail(Retryable("Not yet."))

    bench.handle(charge_then_fail)  # type: ignore[arg-type]
    outcomes = [bench.deliver() for _ in range(3)]
    assert outcomes[-1] is Outcome.ACKNOWLEDGE
    assert (bench.command.result, len(charges)) == ("r-7", 1)


def test_a_step_of_an_overtaken_worker_ends_the_attempt(bench: Bench) -> None:
    """Losing the lease in the middle of a handler is no failure of the command."""
    bench.handle(lambda _: fail(LeaseLost()))
    assert bench.deliver() is Outcome.RETURN
    assert bench.command.status is Status.PROCESSING


def test_handlers_see_what_they_need(bench: Bench) -> None:
    """A context knows the attempt, the time left, a stable key and the secrets."""
    bench.deliver()
    (context,) = bench.seen
    assert (context.attempt, context.idempotency_key) == (1, "c-1")
    assert context.remaining_seconds() == 30
    assert context.secrets.get("partner") == "s3cret"


def test_every_line_of_a_handler_names_its_command(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a handler logs can be found by the id that the client has."""
    caplog.set_level(logging.INFO)
    bench.handle(lambda context: context.logger.info("working", extra={"part": 2}))
    bench.deliver()
    working = next(record for record in caplog.records if record.message == "working")
    assert (vars(working)["command_id"], vars(working)["part"]) == ("c-1", 2)
