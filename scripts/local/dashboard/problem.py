"""What the page is told when something cannot be done."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

from scripts.aws_errors import explain
from scripts.cli import one_line
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Problem(Exception):
    """An answer other than the wanted one; `errors` point into what was sent, as the API's do."""

    def __init__(self, status: int, detail: str, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors


def of_error(error: Exception) -> str:
    """One line of what is wrong and what to do; a surprise goes to the terminal as a whole."""
    if isinstance(error, OperatorError):
        return one_line(str(error))
    if isinstance(error, NoConnection | HTTPClientError):
        return "the local stack does not answer; see: make status"
    if message := explain(error):
        return one_line(message)
    traceback.print_exception(error)
    return f"unexpected {type(error).__name__}; the terminal of the dashboard says where"
