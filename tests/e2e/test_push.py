"""Clients that watch commands over a WebSocket: on, used, and off again."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from command_client.push import watch_all
from command_client.websocket import NotOpened, WebSocket
from scripts.stack.clients import DIRECT, session
from tests.e2e.changes import applied
from tests.issuer import AUDIENCE, local_issuer
from tests.live import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.environment import Environment
    from tests.issuer import Issuer

# One worker applies what all of these need.
pytestmark = [pytest.mark.xdist_group("push"), pytest.mark.long]

ENDS = ("COMPLETED", "FAILED", "CANCELLED")


@pytest.fixture(scope="module")
def tokens() -> Iterator[Issuer]:
    """The issuer that the environment trusts."""
    with local_issuer() as running:
        yield running


@pytest.fixture(scope="module")
def outputs(environment: Environment, tokens: Issuer) -> Iterator[Mapping[str, Any]]:
    """The environment with push and owners; afterwards without, as if it had never been."""
    jwt = {"mode": "jwt", "issuer": tokens.url, "audience": [AUDIENCE]}
    settings = {"notifications": {"push": {}}, "api": {"authentication": jwt}}
    yield applied(environment, settings)
    before = environment.deployment
    before.apply()
    assert before.terraform.plan_is_empty()
    names = environment.client("dynamodb").list_tables()["TableNames"]
    assert not [name for name in names if name.endswith("-watches")]


def token(tokens: Issuer, owner: str) -> str:
    """A token of that subject."""
    return tokens.token(sub=owner)


def connect(outputs: Mapping[str, Any], token: str) -> WebSocket:
    """An open connection."""
    url = f"{outputs['notifications']['push_url']}?access_token={token}"
    return WebSocket(url, seconds=10)


def told(socket: WebSocket, seconds: float = 20) -> list[dict[str, Any]]:
    """The commands of the next message."""
    text = socket.receive(seconds)
    assert text, "nothing was told"
    commands: list[dict[str, Any]] = json.loads(text)["commands"]
    return commands


def submit(environment: Environment, token: str, **work: Any) -> str:
    """The id of a new command of the token's subject."""
    body = json.dumps({"type": "echo", "input": {}, **work})
    answer = environment.api.post(body, authorization=f"Bearer {token}")
    assert answer.status == 202, answer
    return answer.headers["x-command-id"]


def until_the_end(socket: WebSocket, command_id: str) -> list[str]:
    """The statuses that are told of a command, up to its end."""
    statuses: list[str] = []
    while not statuses or statuses[-1] not in ENDS:
        statuses += [one["status"] for one in told(socket) if one["id"] == command_id]
    return statuses


def test_a_watched_command_is_told_until_its_end(
    environment: Environment, outputs: Mapping[str, Any], tokens: Issuer
) -> None:
    """Each change as it happens, and the result with the last of them."""
    ann = token(tokens, "ann")
    with connect(outputs, ann) as socket:
        command_id = submit(environment, ann, type="demo", input={"sleep_seconds": 2})
        socket.send(json.dumps({"watch": [command_id]}))
        statuses = until_the_end(socket, command_id)

        assert statuses[-2:] == ["PROCESSING", "COMPLETED"]
        socket.send(json.dumps({"watch": [command_id]}))
        [again] = told(socket)
    assert again["status"] == "COMPLETED"
    answer = environment.api.get(command_id, {"authorization": f"Bearer {ann}"})
    assert again == answer.json()


def test_anothers_command_is_unknown(
    environment: Environment, outputs: Mapping[str, Any], tokens: Issuer
) -> None:
    """Neither what it is nor what becomes of it is told."""
    ann, bob = token(tokens, "ann"), token(tokens, "bob")
    with connect(outputs, ann) as hers, connect(outputs, bob) as his:
        command_id = submit(environment, ann, type="demo", input={"sleep_seconds": 2})
        for socket in (hers, his):
            socket.send(json.dumps({"watch": [command_id]}))
        assert told(his) == [{"id": command_id, "status": None}]
        assert until_the_end(hers, command_id)[-1] == "COMPLETED"

        assert his.receive(1) is None
        his.send(json.dumps({"watch": [command_id]}))
        assert told(his) == [{"id": command_id, "status": None}]


def test_what_ends_while_nobody_is_connected_is_told_afterwards(
    environment: Environment, outputs: Mapping[str, Any], tokens: Issuer
) -> None:
    """A new connection is told what the commands are now."""
    ann = token(tokens, "ann")
    with connect(outputs, ann) as socket:
        command_id = submit(environment, ann, type="demo", input={"sleep_seconds": 1})
        socket.send(json.dumps({"watch": [command_id]}))
        told(socket)
    environment_ended(environment, command_id, ann)

    with connect(outputs, ann) as socket:
        socket.send(json.dumps({"watch": [command_id]}))
        [now] = told(socket)
    assert now["status"] == "COMPLETED"


def environment_ended(environment: Environment, command_id: str, token: str) -> None:
    """Wait until the command has ended."""
    bearer = f"Bearer {token}"
    eventually(
        lambda: environment.api.get(command_id, {"authorization": bearer}).json()["status"] in ENDS,
        seconds=30,
    )


@pytest.mark.parametrize("bad", ["", "nonsense", "another audience"])
def test_nobody_connects_without_a_token_that_counts(
    outputs: Mapping[str, Any], tokens: Issuer, bad: str
) -> None:
    """401 without one, 403 with a bad one."""
    if bad == "another audience":
        bad = tokens.token(audience="others")
    with pytest.raises(NotOpened) as refused:
        connect(outputs, bad)

    assert refused.value.status == (403 if bad else 401)


def test_a_message_that_is_none_is_answered_with_its_problem(
    outputs: Mapping[str, Any], tokens: Issuer
) -> None:
    """And the connection goes on."""
    with connect(outputs, token(tokens, "ann")) as socket:
        for text in ("{", '{"watch": "c-1"}', json.dumps({"watch": [f"c-{n}" for n in range(26)]})):
            socket.send(text)
            assert json.loads(socket.receive(10) or "")["problem"]["code"] == "invalid_message"


def test_nothing_is_left_of_what_has_ended(
    environment: Environment, outputs: Mapping[str, Any], tokens: Issuer
) -> None:
    """Neither of watched commands nor of connections that were lost while they ran."""
    ann = token(tokens, "ann")
    lost = connect(outputs, ann)
    command_id = submit(environment, ann, type="demo", input={"sleep_seconds": 2})
    lost.send(json.dumps({"watch": [command_id]}))
    told(lost)
    lost.__exit__()
    with connect(outputs, ann) as socket:
        socket.send(json.dumps({"watch": [command_id]}))
        until_the_end(socket, command_id)
    table = next(
        name
        for name in environment.client("dynamodb").list_tables()["TableNames"]
        if name.endswith("-watches")
    )

    def left() -> list[Any]:
        items = environment.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
        return [one for one in items if one["id"]["S"] == command_id]

    eventually(lambda: not left(), seconds=20)


@pytest.mark.parametrize(
    "watchers", [10, pytest.param(300, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_each_watcher_sees_the_end_exactly_once(
    environment: Environment, outputs: Mapping[str, Any], tokens: Issuer, watchers: int
) -> None:
    """However often and whenever connections are cut."""
    ann = token(tokens, "ann")
    ids = [submit(environment, ann, type="demo", input={"sleep_seconds": 1}) for _ in range(10)]
    ends: list[list[str]] = [[] for _ in range(watchers)]
    over = threading.Event()
    push_url = outputs["notifications"]["push_url"]

    def watching(number: int) -> None:
        states = watch_all(
            outputs["commands_endpoint"],
            ids,
            push_url=push_url,
            token=lambda: ann,
            timeout=600,
        )
        ends[number] += [one["id"] for one in states if one["status"] in ENDS]

    cutter = threading.Thread(target=_cut, args=(environment, push_url, over))
    threads = [threading.Thread(target=watching, args=(n,)) for n in range(watchers)]
    cutter.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    cutter.join()

    assert [sorted(one) for one in ends] == [sorted(ids)] * watchers


def _cut(environment: Environment, push_url: str, over: threading.Event) -> None:
    """Close whichever connection watches something, now and then."""
    url = push_url.replace("ws://", "http://")
    dynamodb = environment.client("dynamodb")
    table = next(n for n in dynamodb.list_tables()["TableNames"] if n.endswith("-watches"))
    management = session(environment.deployment.stack).client(
        "apigatewaymanagementapi", endpoint_url=url, config=DIRECT
    )
    while not over.is_set():
        connections = {one["connection"]["S"] for one in dynamodb.scan(TableName=table)["Items"]}
        for connection in sorted(connections)[::3]:
            try:
                management.delete_connection(ConnectionId=connection)
            except management.exceptions.GoneException:
                continue
        time.sleep(0.3)
