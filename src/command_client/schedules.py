"""Make recurring schedules over HTTP, show, list and delete them."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, cast
from urllib.parse import quote, urlencode

from command_client.answers import Refused, document
from command_client.submission import answered, asking, beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from command_client.submission import Send
    from command_client.transport import Answer


class ScheduleRequest(TypedDict):
    """What a schedule is made of: `cron`, with a `timezone` beside it, or `rate`."""

    # Six fields of EventBridge Scheduler, like "0 2 * * ? *".
    cron: NotRequired[str]
    # Name of the IANA database; "UTC" where it is missing.
    timezone: NotRequired[str]
    # Like "15 minutes", in UTC.
    rate: NotRequired[str]
    # Type of each run; the environment's default type where it is missing.
    type: NotRequired[str]
    input: NotRequired[Mapping[str, object]]
    # "queue" where it is missing: a run starts whether or not another one has ended.
    overlap: NotRequired[Literal["queue", "skip"]]
    # False pauses the schedule.
    enabled: NotRequired[bool]


class Run(TypedDict):
    """A run that is still to come."""

    at: str
    # Id of the command that it will be.
    id: str


class Schedule(TypedDict):
    """A schedule as the API shows it."""

    id: str
    type: str
    # Absent in a list.
    input: NotRequired[Mapping[str, object]]
    cron: str
    timezone: str
    overlap: Literal["queue", "skip"]
    enabled: bool
    # Absent in the answer to a request that makes or changes the schedule.
    createdAt: NotRequired[str]
    updatedAt: NotRequired[str]
    # The next five; none while the schedule is paused.
    nextRuns: list[Run]


def put_schedule(  # noqa: PLR0913 - the last three are the world, for tests
    endpoint: str,
    schedule_id: str,
    wanted: ScheduleRequest,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60,
    send: Send | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Schedule:
    """Make a schedule, or put it in the place of the one of this id, and return it.

    `endpoint` is that of `submit`. The request is repeated for up to `timeout` seconds while the
    API is throttled, fails or cannot be reached.

    Refused where the API did not accept the schedule, Unreachable where no answer came.
    InvalidEndpoint (a ValueError) where no URL is given.
    """
    body = json.dumps(wanted, allow_nan=False)
    sent = {"content-type": "application/json", **(headers or {})}
    ask = asking(_schedules(endpoint), "PUT", _path(schedule_id), body, sent, send)
    made = HTTPStatus.OK, HTTPStatus.CREATED
    answer = answered(ask, *made, safe=True, timeout=timeout, clock=clock, sleep=sleep)
    return _schedule(answer)


def schedule(  # noqa: PLR0913 - as above
    endpoint: str,
    schedule_id: str,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60,
    send: Send | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Schedule:
    """Return a schedule with its next runs. Raises what `put_schedule` does."""
    ask = asking(_schedules(endpoint), "GET", _path(schedule_id), "", headers or {}, send)
    found = answered(ask, HTTPStatus.OK, safe=True, timeout=timeout, clock=clock, sleep=sleep)
    return _schedule(found)


def schedules(
    endpoint: str,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60,
    send: Send | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Schedule]:
    """Yield the schedules of the caller by their ids, without their inputs.

    `timeout` is that of each request. Raises what `put_schedule` does.
    """
    query = {"limit": "100"}
    while True:
        ask = asking(_schedules(endpoint), "GET", f"?{urlencode(query)}", "", headers or {}, send)
        found = answered(ask, HTTPStatus.OK, safe=True, timeout=timeout, clock=clock, sleep=sleep)
        page = document(found)
        if not isinstance(page.get("schedules"), list):
            raise Refused(found.status, detail="the response is no list; check the URL")
        yield from cast("list[Schedule]", page["schedules"])
        if not page.get("next"):
            return
        query["after"] = str(page["next"])


def delete_schedule(  # noqa: PLR0913 - as above
    endpoint: str,
    schedule_id: str,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60,
    send: Send | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Delete a schedule; one that is gone is no trouble. Raises what `put_schedule` does."""
    ask = asking(_schedules(endpoint), "DELETE", _path(schedule_id), "", headers or {}, send)
    try:
        answered(ask, HTTPStatus.NO_CONTENT, safe=True, timeout=timeout, clock=clock, sleep=sleep)
    except Refused as refused:
        # An earlier request may have deleted it, and its answer got lost.
        if refused.code != "schedule_not_found":
            raise


def _schedules(endpoint: str) -> str:
    return beside(endpoint, "/schedules")


def _path(schedule_id: str) -> str:
    return f"/{quote(schedule_id, safe='')}"


def _schedule(answer: Answer) -> Schedule:
    said = document(answer)
    if not isinstance(said.get("id"), str) or not isinstance(said.get("nextRuns"), list):
        raise Refused(answer.status, detail="the response is not a schedule; check the URL")
    return cast("Schedule", said)
