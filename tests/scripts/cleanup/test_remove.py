"""Carrying out a plan: failures are reported, and what a stack is found by waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from scripts.cleanup import remove as module
from scripts.cleanup.kinds.kind import Kind, Target
from scripts.cleanup.label import Stack
from scripts.cleanup.plan import Outcome, Verdict
from scripts.cleanup.remove import Done, remove
from scripts.cleanup.resource import LAST, Resource
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from scripts.cleanup.aws import Aws

SEVEN, EIGHT = Stack("acme", "pr-7"), Stack("acme", "pr-8")
AWS = cast("Aws", None)


def _said(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "so"}}, "DeleteQueue")


def _verdict(name: str, stack: Stack = SEVEN, rank: int = 50, **more: Any) -> Verdict:
    resource = Resource(f"arn:aws:sqs:r:1:{name}", "queue", rank, names=(name,), **more)
    return Verdict(resource, Outcome.DELETE, "it may go", stack)


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """What deleting fails with, by name."""
    errors: dict[str, Exception] = {}

    def delete(_: Aws, target: Target) -> None:
        if target.id in errors:
            raise errors[target.id]

    kind = Kind("queue", 50, "sqs:(.+)", lambda *_: None, delete)
    monkeypatch.setattr(module, "kind_of", lambda arn: (kind, Target(arn, arn.split(":")[-1])))
    return errors


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (_said("AccessDenied"), "access denied"),
        (_said("Throttling"), "AWS is throttling DeleteQueue"),
        (EndpointConnectionError(endpoint_url="https://sqs"), "is unreachable"),
        (OperatorError("still being disabled"), "still being disabled"),
    ],
)
def test_a_failure_is_reported_and_the_rest_goes_on(
    errors: dict[str, Exception], error: Exception, words: str
) -> None:
    """With AWS's reason; only what the stack is found by waits, and no other stack does."""
    errors["one"] = error
    verdicts = [
        _verdict("one"),
        _verdict("two"),
        _verdict("role", rank=LAST),
        _verdict("other", EIGHT, rank=LAST),
    ]
    results = list(remove(AWS, verdicts))
    assert [one.done for one in results] == [Done.FAILED, Done.DELETED, Done.LEFT, Done.DELETED]
    assert words in results[0].why
    assert results[0].trouble
    assert "run the same command again" in results[2].why


def test_what_is_gone_already_is_no_failure(errors: dict[str, Exception]) -> None:
    """AWS lists things for a while after they are gone."""
    errors["one"] = _said("AWS.SimpleQueueService.NonExistentQueue")
    (result,) = remove(AWS, [_verdict("one")])
    assert (result.done, result.trouble) == (Done.GONE, False)


def test_a_part_goes_with_its_whole(errors: dict[str, Exception]) -> None:
    """A stage is not called deleted when its API could not be."""
    whole = _verdict("api")
    part = Verdict(
        Resource("arn:aws:sqs:r:1:stage", "stage", 51, part_of=whole.resource.arn),
        Outcome.GOES_ALONG,
        "goes along",
        SEVEN,
    )
    assert [one.done for one in remove(AWS, [whole, part])] == [Done.DELETED, Done.DELETED]
    errors["api"] = _said("AccessDenied")
    assert [one.done for one in remove(AWS, [whole, part])] == [Done.FAILED, Done.FAILED]


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.DELETE}, key=str))
def test_nothing_else_is_touched(errors: dict[str, Exception], outcome: Outcome) -> None:
    """Whatever the plan says but to delete it."""
    errors["one"] = AssertionError("touched")
    verdict = Verdict(_verdict("one").resource, outcome, "for a reason", SEVEN)
    (result,) = remove(AWS, [verdict])
    assert (result.done, result.words) == (Done.LEFT, outcome.value)
