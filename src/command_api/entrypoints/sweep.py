"""The sweep function: called by a schedule, it sends what doors wrote down and never sent."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from command_api import bootstrap
from command_api.entrypoints.logs import structured_logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = structured_logger()
sweep = bootstrap.sweep(os.environ, logger)


def handler(_event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
    """Sweep, and say how many commands were sent, cleaned, skipped and failed."""
    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    return dict(sweep(deadline=datetime.now(UTC) + remaining))
