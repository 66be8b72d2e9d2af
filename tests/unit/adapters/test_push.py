"""Viewers are told of changes in order, and whoever is lost does not keep the others waiting."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from command_api.adapters.push.connections import ApiGatewayConnections
from command_api.adapters.push.listener import PARALLEL, Push
from command_api.domain.access import Caller
from command_api.domain.ending import Change
from command_api.domain.errors import Unavailable
from command_api.domain.model import Progress, Status
from command_api.domain.watch import Viewer
from tests.builders import LATER, NOW, command
from tests.fakes.watches import InMemoryConnections, InMemoryWatches

if TYPE_CHECKING:
    from command_api.domain.model import Command

WAITING = command(Status.PENDING, owner="ann")
RUNNING = replace(command(Status.PROCESSING, owner="ann"), attempts=1)
ENDED = RUNNING.completed(7, now=NOW, purge_at=LATER)
ANN = Viewer(connection="a", caller=Caller(owner="ann"), until=NOW + timedelta(hours=1))
BOB = Viewer(connection="b", caller=Caller(owner="bob"), until=NOW + timedelta(hours=1))
ADMIN = Viewer(connection="c", caller=Caller(owner="root", admin=True), until=BOB.until)


@pytest.fixture
def push() -> Push:
    """A listener whom nobody watches yet."""

    def message(one: Command) -> str:
        return f"{one.id} {one.status}"

    return Push(
        watches=InMemoryWatches(),
        connections=InMemoryConnections(),
        message=message,
        clock=lambda: NOW,
    )


def posted(push: Push) -> list[tuple[str, str]]:
    """What was posted to whom."""
    assert isinstance(push.connections, InMemoryConnections)
    return push.connections.posted


def changes(*steps: Command) -> list[Change]:
    """The changes from each state to the next."""
    return [Change(before, after) for before, after in zip((None, *steps), steps, strict=False)]


def test_each_change_is_told_until_the_end(push: Push) -> None:
    """In order; then the watch is over."""
    push.watches.add(ANN, [RUNNING.id])

    assert push.tell(changes(WAITING, RUNNING, ENDED)) == []
    assert posted(push) == [("a", f"c-1 {it}") for it in ("PENDING", "PROCESSING", "COMPLETED")]
    assert push.watches.of(RUNNING.id) == []


def test_only_what_a_client_sees_is_a_change(push: Push) -> None:
    """A step of a running command is none."""
    assert push.wants(Change(None, RUNNING))
    assert push.wants(Change(RUNNING, ENDED))
    assert push.wants(Change(RUNNING, replace(RUNNING, attempts=2)))
    assert push.wants(Change(RUNNING, replace(RUNNING, progress=Progress(0.4, "", NOW))))
    assert not push.wants(Change(RUNNING, replace(RUNNING, updated_at=LATER)))


def test_nobody_is_told_of_anothers_command(push: Push) -> None:
    """But an admin is."""
    for viewer in (BOB, ADMIN):
        push.watches.add(viewer, [RUNNING.id])

    push.tell(changes(RUNNING))

    assert [who for who, _ in posted(push)] == ["c"]
    assert len(push.watches.of(RUNNING.id)) == 2


def test_whoever_is_lost_is_forgotten(push: Push) -> None:
    """The others hear all."""
    push.watches.add(ANN, [RUNNING.id])
    push.watches.add(ADMIN, [RUNNING.id])
    assert isinstance(push.connections, InMemoryConnections)
    push.connections.lost.add("a")

    assert push.tell(changes(WAITING, RUNNING)) == []

    assert [who for who, _ in posted(push)] == ["c", "c"]
    assert [watch.viewer for watch in push.watches.of(RUNNING.id)] == [ADMIN]


def test_whose_token_has_expired_is_told_nothing(push: Push) -> None:
    """The connection is closed, so that its client comes with a new one."""
    push.watches.add(replace(ANN, until=NOW), [RUNNING.id])

    push.tell(changes(RUNNING))

    assert isinstance(push.connections, InMemoryConnections)
    assert (posted(push), push.connections.closed) == ([], ["a"])
    assert push.watches.of(RUNNING.id) == []


def test_what_cannot_be_told_now_is_told_again(push: Push) -> None:
    """All changes of that command, so that they stay in order; those of others are told."""
    other = replace(RUNNING, id="c-2")
    push.watches.add(ANN, [RUNNING.id])
    assert isinstance(push.connections, InMemoryConnections)
    push.connections.away = True

    untold = push.tell([*changes(RUNNING, ENDED), Change(None, other)])

    assert [one.change.after for one in untold] == [RUNNING, ENDED]
    assert all(one.retryable for one in untold)
    assert push.watches.of(RUNNING.id)


def test_a_batch_takes_as_long_as_its_slowest_post(push: Push) -> None:
    """Each viewer of a command waits for nobody, and hears the changes in their order."""
    viewers = [replace(ANN, connection=f"a-{n}") for n in range(PARALLEL)]
    for viewer in viewers:
        push.watches.add(viewer, [RUNNING.id])
    together = Barrier(PARALLEL, timeout=10)

    class Slow(InMemoryConnections):
        def post(self, connection: str, message: str) -> bool:
            together.wait()  # goes on only once all are here
            return super().post(connection, message)

    slow = Slow()

    assert replace(push, connections=slow).tell(changes(WAITING, RUNNING)) == []
    for viewer in viewers:
        heard = [message for who, message in slow.posted if who == viewer.connection]
        assert heard == ["c-1 PENDING", "c-1 PROCESSING"]


def test_an_api_that_is_away_is_tried_little(push: Push) -> None:
    """Or thousands of viewers, each with its time limit, would outlast the function."""
    for number in range(5):
        for n in range(100):
            push.watches.add(replace(ANN, connection=f"a-{n}"), [f"c-{number}"])
    calls: list[str] = []

    class Away(InMemoryConnections):
        def post(self, connection: str, message: str) -> bool:
            calls.append(message)
            raise Unavailable(connection)

    batch = [Change(None, replace(RUNNING, id=f"c-{n}")) for n in range(5)]
    untold = replace(push, connections=Away()).tell(batch)

    assert {one.change.after.id for one in untold} == {f"c-{n}" for n in range(5)}
    assert len(calls) <= PARALLEL + 5


@dataclass
class Api:
    """The management of connections, which answers every call with the same error."""

    error: Exception | None = None
    calls: list[str] = field(default_factory=list)

    def post_to_connection(self, **_: Any) -> None:
        """Post."""
        self.calls.append("post")
        if self.error:
            raise self.error

    def delete_connection(self, **_: Any) -> None:
        """Close."""
        self.calls.append("delete")
        if isinstance(self.error, ClientError) and "Gone" in str(self.error):
            raise self.error


def refusal(code: str, status: int) -> ClientError:
    """An error of API Gateway's."""
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Post")


@pytest.mark.parametrize(
    ("error", "taken", "calls"),
    [
        (None, True, ["post"]),
        (refusal("GoneException", 410), False, ["post"]),
        (refusal("LimitExceededException", 429), False, ["post", "delete"]),
    ],
)
def test_a_connection_that_takes_nothing_is_lost(
    error: Exception | None,
    taken: bool,  # noqa: FBT001
    calls: list[str],
) -> None:
    """One that is too slow is closed, so that nobody waits for it."""
    api = Api(error)

    assert ApiGatewayConnections(lambda: api).post("a", "x") is taken
    assert api.calls == calls


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://x"),
        refusal("InternalServerError", 500),
        refusal("ThrottlingException", 429),
    ],
)
def test_an_api_that_is_away_may_be_back(error: Exception) -> None:
    """No connection is given up for it."""
    api = Api(error)

    with pytest.raises(Unavailable):
        ApiGatewayConnections(lambda: api).post("a", "x")
    assert api.calls == ["post"]


def test_what_is_closed_already_is_closed() -> None:
    """No error."""
    ApiGatewayConnections(lambda: Api(refusal("GoneException", 410))).close("a")
