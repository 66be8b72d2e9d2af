"""On whose behalf a service assumes a role: aws:SourceArn and aws:SourceAccount in trust policies.

AWS: "The confused deputy problem" (IAM/latest/UserGuide/confused-deputy.html). The emulator judges
a trust policy without these keys, so a condition on them denies.

One of the files that know the emulator from inside: a call of AssumeRole cannot state them.
"""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator

if TYPE_CHECKING:
    from collections.abc import Iterator

_source: ContextVar[str | None] = ContextVar("source", default=None)


@contextlib.contextmanager
def on_behalf_of(arn: str | None) -> Iterator[None]:
    """Roles that are assumed here are assumed for this resource; None states nothing."""
    token = _source.set(arn)
    try:
        yield
    finally:
        _source.reset(token)


def judge_sources() -> None:
    """Let this process judge trust policies with the source that the service states."""
    evaluate = iam_evaluator.evaluate_trust_policy

    def judged(document: Any, caller: str, context: Any = None) -> bool:  # noqa: ANN401
        if (arn := _source.get()) and context:
            context.service_context["aws:sourcearn"] = arn
            context.service_context["aws:sourceaccount"] = arn.split(":")[4]
        return bool(evaluate(document, caller, context))

    iam_evaluator.evaluate_trust_policy = judged
