"""A type with a rate on the local stack: by its own grants, and with SQS's whole seconds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from scripts.stack import code

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environment import Environment

# Two a second, and a fiftieth more between them.
SPACING = 0.51


@pytest.mark.timeout(600)
def test_commands_start_at_the_rate_of_their_type_at_their_first_attempt(
    environment: Environment, source: Path
) -> None:
    """Fourteen at once take seven seconds; what waits uses no attempt."""
    handlers = source / "handlers" / "__init__.py"
    plain, limited = '"echo": echo.handle,', '"echo": Registered(handle=echo.handle, rate="%s"),'
    text = handlers.read_text()
    assert plain in text
    handlers.write_text(text.replace(plain, limited % "2 a second"))
    with pytest.raises(OperatorError, match=r'__init__\.py:\d+: ValueError: rate must be "1/h"'):
        code.reload(environment.deployment)
    handlers.write_text(text.replace(plain, limited % "2/s"))
    code.reload(environment.deployment)

    dead = environment.depth("sqs_dlq_url")

    ids = [environment.api.submit("echo", {"n": number}) for number in range(14)]
    ended = [environment.ended(command_id) for command_id in ids]

    assert {(one["status"], one["attempts"]) for one in ended} == {("COMPLETED", 1)}
    ends = sorted(datetime.fromisoformat(one["updatedAt"]).timestamp() for one in ended)
    # A start is taken a moment before the claim, which takes longer on a busy machine. In virtual
    # time, tests/property asserts each window.
    assert ends[-1] - ends[0] >= (len(ends) - 1) * SPACING - 1.0
    assert environment.depth("sqs_dlq_url") == dead
    bucket = environment.client("dynamodb").get_item(
        TableName=environment.outputs["dynamodb_table_name"], Key={"id": {"S": "rate/echo"}}
    )["Item"]
    assert int(bucket["expiresAt"]["N"]) > ends[-1]
