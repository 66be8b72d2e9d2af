"""The worker checks inputs, too: not every command has come through an API that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.decision import Then
from command_api.domain.model import Failure, Status
from command_api.domain.violations import Violation
from tests.builders import command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from command_api.domain.model import JSON
    from tests.unit.conftest import Bench


def even(_kind: str, work: Mapping[str, JSON]) -> Sequence[Violation]:
    """Take even numbers only."""
    number = work.get("n")
    odd = isinstance(number, int) and number % 2
    return [Violation(("n",), "must be a multiple of 2")] if odd else ()


def test_an_invalid_input_fails_for_good_and_no_handler_sees_it(bench: Bench) -> None:
    """The client reads which field it is."""
    bench.check = even
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.seen == []
    assert bench.command.failure == Failure(
        code="invalid_input",
        message="The input is invalid: #/n must be a multiple of 2.",
        retryable=False,
    )


def test_a_schema_that_became_stricter_ends_what_waits(bench: Bench) -> None:
    """Between two attempts: the command fails, and is not PENDING for ever."""
    bench.check = even
    bench.store.commands["c-1"] = command(Status.PENDING)
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.FAILED
