"""Where a request comes from: what its client calls it, and the trace that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from command_api.domain.model import ID_PATTERN, ID_RULE
from command_api.domain.trace import trace_id
from command_api.http.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.model import Submission

HEADER = "x-correlation-id"
_TRACE_HEADER = "x-amzn-trace-id"
# Lambda sets it for each invocation, with its own segment as the parent.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_TRACE_VARIABLE = "_X_AMZN_TRACE_ID"


@dataclass(frozen=True, slots=True)
class Origin:
    """What goes with each command of a request; both may be empty."""

    correlation_id: str = ""
    trace: str = ""

    def of(self, asked: Submission) -> Submission:
        """The submission with its origin."""
        return replace(asked, correlation_id=self.correlation_id, trace=self.trace)

    def told(self, answer: dict[str, object]) -> dict[str, object]:
        """The answer with the id that its client sent, unless it names another one already."""
        if not self.correlation_id:
            return answer
        headers: Any = answer["headers"]
        return {**answer, "headers": {HEADER: self.correlation_id, **headers}}


def origin_of(headers: Mapping[str, str], environ: Mapping[str, str]) -> Origin:
    """The origin of a request; Problem 400 where its correlation id is none.

    It is refused and not left out: nobody would find it in the logs afterwards.
    """
    correlation_id = headers.get(HEADER, "")
    if HEADER in headers and not ID_PATTERN.fullmatch(correlation_id):
        raise Problem(
            400,
            "invalid_correlation_id",
            f"x-correlation-id must be {ID_RULE}, for example x-correlation-id: checkout-7.",
        )
    traces = (environ.get(_TRACE_VARIABLE, ""), headers.get(_TRACE_HEADER, ""))
    return Origin(correlation_id, next((trace for trace in traces if trace_id(trace)), ""))
