"""Carry out a plan, one deletion after the other, whatever becomes of the one before."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from scripts.aws_errors import explain
from scripts.cleanup.aws import gone
from scripts.cleanup.kinds import kind_of
from scripts.cleanup.plan import TROUBLE, Outcome, Verdict
from scripts.cleanup.resource import LAST
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scripts.cleanup.aws import Aws
    from scripts.cleanup.label import Stack


class Done(enum.Enum):
    """What became of a resource in this run."""

    DELETED = "deleted"
    GONE = "gone already"
    FAILED = "failed"
    WOULD_DELETE = "would be deleted"
    LEFT = "left alone"


@dataclass(frozen=True)
class Result:
    """What became of a resource, and AWS's reason where it failed."""

    verdict: Verdict
    done: Done
    why: str

    @property
    def trouble(self) -> bool:
        """Whether a person has to look at it."""
        return self.done is Done.FAILED or self.verdict.outcome in TROUBLE

    @property
    def words(self) -> str:
        """What became of it, in a word or two."""
        return self.verdict.outcome.value if self.done is Done.LEFT else self.done.value


def looked_at(verdicts: Iterable[Verdict]) -> list[Result]:
    """What would be done, where nothing is."""
    wanted = (Outcome.DELETE, Outcome.GOES_ALONG)
    return [
        Result(one, Done.WOULD_DELETE if one.outcome in wanted else Done.LEFT, one.why)
        for one in verdicts
    ]


def remove(aws: Aws, verdicts: Iterable[Verdict]) -> Iterator[Result]:
    """Delete what is to be deleted, in the given order; yields each result when it is known.

    What a stack is found by stays until the rest of it is gone.
    """
    failed: set[Stack | None] = set()
    deleted: dict[str, Result] = {}
    for one in verdicts:
        if one.outcome is Outcome.GOES_ALONG:
            whole = deleted.get(one.resource.part_of)
            result = Result(one, whole.done if whole else Done.LEFT, one.why)
        elif one.outcome is not Outcome.DELETE:
            result = Result(one, Done.LEFT, one.why)
        elif one.resource.rank >= LAST and one.stack in failed:
            result = Result(
                one, Done.LEFT, "waits for the rest of its stack; run the same command again"
            )
        else:
            result = _delete(aws, one)
        if result.done is Done.FAILED:
            failed.add(one.stack)
        deleted[one.resource.arn] = result
        yield result


def _delete(aws: Aws, one: Verdict) -> Result:
    known = kind_of(one.resource.arn)
    if known is None or known[0].delete is None:
        return Result(one, Done.FAILED, "this tool cannot delete this kind of resource")
    kind, target = known
    assert kind.delete is not None  # noqa: S101 - asked a line above, through the tuple
    try:
        kind.delete(aws, target)
    except ClientError as error:
        if gone(error):
            return Result(one, Done.GONE, one.why)
        return Result(one, Done.FAILED, explain(error) or str(error))
    except BotoCoreError as error:
        return Result(one, Done.FAILED, explain(error) or str(error))
    except OperatorError as error:
        return Result(one, Done.FAILED, str(error))
    return Result(one, Done.DELETED, one.why)
