"""A type promises what its results are: one that breaks the promise is no result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from command_api.adapters.schemas import RESULT, HandlerSchemas
from command_api.domain.decision import Then
from command_api.domain.effects import Put
from command_api.domain.model import Failure, Status

if TYPE_CHECKING:
    from pathlib import Path

    from command_api.domain.context import Context
    from command_api.domain.model import JSON
    from tests.unit.conftest import Bench

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["total"],
    "additionalProperties": False,
    "properties": {"total": {"type": "integer"}},
}


@pytest.fixture
def promised(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench whose `echo` promises a total."""
    package = tmp_path / "promising"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "echo.result.schema.json").write_text(json.dumps(SCHEMA))
    monkeypatch.syspath_prepend(tmp_path)
    bench.check_result = HandlerSchemas(RESULT, package="promising").violations
    return bench


def test_a_result_that_breaks_its_schema_fails_the_command_for_good(promised: Bench) -> None:
    """The client reads where it is wrong and nothing of its value; no attempt is repeated."""
    promised.handle(lambda _: {"total": "s3cret", "note": "s3cret"})
    assert promised.deliver() is Then.ACKNOWLEDGE
    assert promised.command.result is None
    assert promised.command.failure == Failure(
        code="invalid_result",
        message="The handler's result is invalid: #/note unknown field; "
        "#/total must be an integer.",
        retryable=False,
    )


def test_a_result_that_is_no_json_breaks_its_schema(promised: Bench) -> None:
    """Whatever a handler returns, the command ends with a reason."""
    endless: list[object] = []
    endless.append(endless)
    for value in (None, endless, {"total": {1}}, {("a",): 1}):
        promised.store.commands.clear()
        promised.handle(lambda _, value=value: value)  # type: ignore[misc]
        assert promised.deliver() is Then.ACKNOWLEDGE
        assert promised.command.failure is not None
        assert promised.command.failure.code == "invalid_result"


def test_a_result_that_breaks_its_schema_is_not_committed(promised: Bench) -> None:
    """Neither are the handler's items: nothing was written, and the command fails for good."""
    order = Put("orders", {"orderId": "o-1"})
    promised.handle(lambda context: context.commit({"total": "s3cret"}, [order]))
    assert promised.deliver() is Then.ACKNOWLEDGE
    assert promised.store.effects == []
    assert promised.command.failure == Failure(
        code="invalid_result",
        message="The handler's result is invalid: #/total must be an integer.",
        retryable=False,
    )


def test_a_committed_result_was_checked_already(promised: Bench) -> None:
    """What the handler returns afterwards is ignored, whatever it is."""

    def handler(context: Context) -> JSON:
        context.commit({"total": 7}, [])
        return "not a total"

    promised.handle(handler)
    promised.deliver()
    assert (promised.command.status, promised.command.result) == (Status.COMPLETED, {"total": 7})


def test_a_result_that_keeps_its_schema_is_stored_as_it_is(promised: Bench) -> None:
    """Nothing is added to it and nothing is changed."""
    promised.handle(lambda _: {"total": 7})
    promised.deliver()
    assert (promised.command.status, promised.command.result) == (Status.COMPLETED, {"total": 7})
