"""Requests that are refused, in a form that fits an answer and an item of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.violations import pointer
from command_api.entrypoints.responses import problem, problem_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from command_api.domain.violations import Path, Violation


class Problem(Exception):
    """The request is refused: answer with a problem document (RFC 9457)."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        self.headers = headers or {}
        self.members = members

    def answer(self) -> dict[str, object]:
        """The problem as the answer to a request."""
        return problem(
            self.status,
            self.detail,
            retry_after=self.retry_after,
            headers=self.headers,
            **self.members,
        )

    def item(self) -> dict[str, object]:
        """The problem as what is said of one command among many; `retryAfter` is in seconds."""
        later = {} if self.retry_after is None else {"retryAfter": self.retry_after}
        return problem_document(self.status, self.detail, **later, **self.members)


def invalid(violations: Iterable[Violation], *, at: Path = ()) -> Problem:
    """The body is JSON, but not as it should be; `at` is where in it the input is."""
    errors = [{"pointer": pointer((*at, *one.path)), "detail": one.detail} for one in violations]
    return Problem(422, "The command is not valid; errors says where.", errors=errors)
