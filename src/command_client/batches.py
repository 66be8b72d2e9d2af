"""Submit commands as one batch over HTTP, and ask what has become of them."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, cast
from urllib.parse import quote

from command_client.answers import Refused, document
from command_client.submission import answered, asking, beside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from command_client.submission import Send
    from command_client.transport import Answer


class Member(TypedDict):
    """One command of a batch; it takes the other fields of `POST /commands` as well."""

    # Type of the command; the environment's default type where it is missing.
    type: NotRequired[str]
    input: NotRequired[Mapping[str, object]]


class Then(TypedDict):
    """The command that runs once after the others."""

    # "all" where it is missing: once all have ended, whatever they came to.
    when: NotRequired[Literal["all", "all_succeeded"]]
    type: str
    input: NotRequired[Mapping[str, object]]


class Counts(TypedDict):
    """Commands of a batch by status."""

    pending: int
    processing: int
    completed: int
    failed: int
    cancelled: int


class Batch(TypedDict):
    """A batch as the API shows it."""

    id: str
    # The first two only of a batch that is uploaded.
    status: Literal["UPLOADING", "SUBMITTING", "RUNNING", "ENDED"]
    total: int
    counts: Counts
    # Of the commands that have ended, 0 to 1.
    share: float
    createdAt: str
    # When all had ended for the first time; absent before.
    endedAt: NotRequired[str]
    # Absent while nothing has ended, and afterwards.
    estimatedEndAt: NotRequired[str]
    # Absent unless somebody has cancelled the batch.
    cancelRequestedAt: NotRequired[str]
    # `bytes` of the uploaded file, and how many of them are `submitted`; absent without one.
    upload: NotRequired[Mapping[str, object]]
    # Where the results of all commands are, for minutes; absent before they are written.
    resultsUrl: NotRequired[str]
    # `when`, `id` and `sent` of the command that follows; absent without one.
    then: NotRequired[Mapping[str, object]]


def submit_batch(  # noqa: PLR0913 - the last three are the world, for tests
    endpoint: str,
    commands: Sequence[Member],
    *,
    key: str,
    then: Then | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60,
    send: Send | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Submit up to 100 commands as one batch and return its id.

    `endpoint` is that of `submit`. The request is repeated for up to `timeout` seconds while the
    API is throttled, fails or cannot be reached: with the same `key` it is the same batch. The id
    of a command is the batch's, a full stop and its place from 0.

    Refused where the API did not accept the batch, Unreachable where no answer came.
    InvalidEndpoint (a ValueError) where no URL is given.
    """
    body = {"commands": [*commands], **({"then": then} if then else {})}
    sent = {"content-type": "application/json", **(headers or {}), "idempotency-key": key}
    ask = asking_batches(endpoint, "POST", "", json.dumps(body, allow_nan=False), sent, send)
    answer = answered(
        ask, HTTPStatus.ACCEPTED, safe=True, timeout=timeout, clock=clock, sleep=sleep
    )
    return answered_batch(answer)["id"]


def batch(  # noqa: PLR0913 - the last three are the world, for tests
    endpoint: str,
    batch_id: str,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60,
    send: Send | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Batch:
    """Return a batch with its counts, which are about a second behind.

    `endpoint` is that of `submit`. Raises what `submit_batch` does.
    """
    path = f"/{quote(batch_id, safe='')}"
    ask = asking_batches(endpoint, "GET", path, "", headers or {}, send)
    answer = answered(ask, HTTPStatus.OK, safe=True, timeout=timeout, clock=clock, sleep=sleep)
    return answered_batch(answer)


def asking_batches(
    endpoint: str, method: str, path: str, body: str, headers: Mapping[str, str], send: Send | None
) -> Callable[[float], Answer]:
    """What sends a request to the batches beside the commands of `endpoint`."""
    return asking(beside(endpoint, "/batches"), method, path, body, headers, send)


def answered_batch(answer: Answer) -> Batch:
    """The batch of an answer; Refused where it has none."""
    said = document(answer)
    if not isinstance(said.get("id"), str) or "total" not in said:
        raise Refused(answer.status, detail="the response is not a batch; check the URL")
    return cast("Batch", said)
