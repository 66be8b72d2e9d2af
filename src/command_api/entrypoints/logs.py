"""Structured logs: one JSON object per line, as CloudWatch Logs Insights reads them."""

from __future__ import annotations

import logging

from aws_lambda_powertools import Logger


def structured_logger() -> logging.Logger:
    """The function's logger; service and level from POWERTOOLS_SERVICE_NAME and _LOG_LEVEL.

    The plain logger behind Powertools' own is returned, so that nothing but the entrypoints
    knows which library formats the lines.
    """
    return logging.getLogger(Logger().name)
