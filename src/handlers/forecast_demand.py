"""`forecast_demand`: a simulation in a container task, which reports on the command itself.

docs/examples/forecast_demand.md says what a client may expect.
"""

import json
import os
from collections.abc import Mapping

from command_api import JSON, Context, Rejected

# The longest time without a report, and how long a task runs at most: a task that is hung has
# ended before its command is tried again.
SILENCE_SECONDS, TASK_SECONDS = 900, 600


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Hand the command over and start a task with its token; the result is the task's."""
    # The submit function and most workers never start one.
    from handlers.tasks import choice  # noqa: PLC0415
    from handlers.tasks.task import Task  # noqa: PLC0415

    start, endpoint = choice.start_of(os.environ), os.environ.get("TASK_ENDPOINT")
    if start is None or not endpoint:
        raise Rejected("Tasks are disabled in this environment.", code="tasks_not_configured")
    token = context.hand_over(timeout=SILENCE_SECONDS, retry=True)
    task = Task(
        command_id=context.idempotency_key,
        token=token,
        endpoint=endpoint,
        input=json.dumps(command_input, separators=(",", ":")),
        seconds=TASK_SECONDS,
    )
    context.logger.info("task started", extra={"task": start(task)})
    return None
