"""`make reload`: a changed line of a handler runs, and the next apply has nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scripts.errors import OperatorError
from scripts.stack import code

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.build.terraform.diagnostics import Event
    from tests.environment import Environment

LINE = 'return {"echo": command_input, "attempt": context.attempt}'


@pytest.fixture
def handler(source: Path) -> Path:
    """The source of `echo`, in the copy that is deployed."""
    return source / "handlers" / "echo.py"


def result(environment: Environment) -> dict[str, Any]:
    """The result of a command that runs now."""
    found: dict[str, Any] = environment.ended(environment.api.submit("echo", {"n": 1}))["result"]
    return found


def test_a_changed_line_runs_and_a_second_plan_is_empty(
    environment: Environment, handler: Path
) -> None:
    """Every function gets the new zip, and Terraform's state knows it.

    A second plan finds nothing else either: what was applied reads back as it was written.
    """
    changes: list[str] = []

    def note(event: Event) -> None:
        if event.kind == "planned_change":
            changes.append(event.message)

    line = 'return {"echo": command_input, "changed": True}'
    handler.write_text(handler.read_text().replace(LINE, line))

    updated = code.reload(environment.deployment)

    assert environment.outputs["worker_function_name"] in updated
    assert len(updated) == len(environment.client("lambda").list_functions()["Functions"])
    assert result(environment)["changed"] is True
    assert environment.deployment.terraform.plan_is_empty(on_event=note), changes
    assert code.reload(environment.deployment) == [], "nothing has changed since"


def test_a_mistake_is_one_line_with_its_place_and_the_old_code_runs_on(
    environment: Environment, handler: Path
) -> None:
    """File and line, as an editor opens it."""
    handler.write_text(handler.read_text().replace(LINE, "return {"))

    with pytest.raises(OperatorError, match=r"handlers/echo\.py:\d+: SyntaxError: "):
        code.reload(environment.deployment)

    assert result(environment)["echo"]["n"] == 1
