"""Errors in one line, for the page."""

from __future__ import annotations

import traceback

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

from scripts.aws_errors import explain
from scripts.cli import one_line
from scripts.errors import OperatorError


def of_error(error: Exception) -> str:
    """What is wrong and what to do; the terminal gets the whole of what nobody expected."""
    if isinstance(error, OperatorError):
        return one_line(str(error))
    if isinstance(error, NoConnection | HTTPClientError):
        return "the local stack does not answer; check with: make status"
    if message := explain(error):
        return one_line(message)
    traceback.print_exception(error)
    return f"unexpected {type(error).__name__}; for details see the dashboard's terminal"
