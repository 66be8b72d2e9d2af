"""The TypeScript client hears of changes over a WebSocket, and polls wherever that is away."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.conftest import ScriptedApi, shown
from tests.clients.sockets import ScriptedSockets, scripted_sockets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.clients.node import Application

pytestmark = pytest.mark.long

# An API that asks clients to poll rarely: what is seen sooner was told.
RARELY = {"retry-after": "30"}
WATCH = """
const commands = new Commands(given.url, { push: { url: given.push, token: async () => "t=" } });
tell(await collected(commands.watch("a=", { timeout: 20 })));
"""


@pytest.fixture(scope="module")
def sockets() -> Iterator[ScriptedSockets]:
    """A WebSocket API on this machine."""
    with scripted_sockets() as running:
        yield running


def told(status: str, second: int = 0, command_id: str = "a=", **more: Any) -> str:
    """A message about a command that was written in that second."""
    at = f"2030-01-02T03:04:{second:02}.000Z"
    command = {"id": command_id, "type": "echo", "status": status, "updatedAt": at, **more}
    return json.dumps({"commands": [command]})


def watched(app: Application, api: str, push: str) -> tuple[list[str], float]:
    """The statuses that are seen of a command, and the seconds until its end."""
    began = time.monotonic()
    found = app.run(WATCH, {"url": api, "push": push}, "--experimental-websocket")
    return [one["status"] for one in found], time.monotonic() - began


def test_changes_are_heard_at_once(
    app: Application, api: ScriptedApi, sockets: ScriptedSockets
) -> None:
    """Asked for once, told twice: the end is seen before anything is asked again."""
    push = sockets.gives(lambda *_: (told("PROCESSING", 1), told("COMPLETED", 2, result=7)))
    statuses, seconds = watched(app, api.gives(shown("PENDING", 0, RARELY)), push)

    assert statuses[0] in ("PENDING", "PROCESSING")
    assert statuses[-1] == "COMPLETED"
    assert statuses.count("COMPLETED") == 1
    assert seconds < 15
    assert len(api.asked) == 1
    assert sockets.opened == ["/v1?access_token=t%3D"]
    assert sockets.asked == [{"watch": ["a="]}]


def test_an_end_that_is_told_again_is_seen_once(
    app: Application, api: ScriptedApi, sockets: ScriptedSockets
) -> None:
    """With what it was before behind it, as a message that was overtaken."""
    end = told("COMPLETED", 2)
    push = sockets.gives(lambda *_: (end, told("PENDING", 1), end))

    statuses, _ = watched(app, api.gives(shown("PENDING"), shown("COMPLETED")), push)

    assert statuses.count("COMPLETED") == 1
    assert statuses[-1] == "COMPLETED"


def test_a_lost_connection_is_opened_again(
    app: Application, api: ScriptedApi, sockets: ScriptedSockets
) -> None:
    """And watches the same command: its end is the first thing that it is told."""

    def answer(number: int, _: object) -> tuple[str | None, ...]:
        return (told("PROCESSING", 1), None) if number == 1 else (told("COMPLETED", 2),)

    statuses, seconds = watched(
        app, api.gives(shown("PROCESSING", 0, RARELY)), sockets.gives(answer)
    )

    assert statuses[-1] == "COMPLETED"
    assert seconds < 15
    assert sockets.asked == [{"watch": ["a="]}] * 2


def test_a_connection_that_is_full_or_expired_is_replaced_at_once(
    app: Application, api: ScriptedApi, sockets: ScriptedSockets
) -> None:
    """Another one has a token and a count of its own."""

    def answer(number: int, _: object) -> tuple[str, ...]:
        problem = {"problem": {"code": "token_expired", "detail": "Connect again."}}
        return (json.dumps(problem),) if number == 1 else (told("COMPLETED"),)

    statuses, _ = watched(app, api.gives(shown("PENDING", 0, RARELY)), sockets.gives(answer))

    assert statuses[-1] == "COMPLETED"
    assert len(sockets.opened) == 2


def test_a_result_that_did_not_fit_is_asked_for(
    app: Application, api: ScriptedApi, sockets: ScriptedSockets
) -> None:
    """The end is seen once, with its result."""
    url = api.gives(shown("PENDING", 0, RARELY), shown("COMPLETED"))
    push = sockets.gives(lambda *_: (told("COMPLETED", 2, resultOmitted=True),))

    found = app.run(WATCH, {"url": url, "push": push}, "--experimental-websocket")

    assert found[-1]["status"] == "COMPLETED"
    assert not any("resultOmitted" in one for one in found)


@pytest.mark.parametrize("flag", ["--experimental-websocket", "--no-warnings"])
def test_without_push_a_command_is_polled(app: Application, api: ScriptedApi, flag: str) -> None:
    """Nobody listens there, or the program has no WebSocket at all; Retry-After is honoured."""
    url = api.gives(shown("PENDING", 0, {"retry-after": "1"}), shown("COMPLETED"))

    found = app.run(WATCH, {"url": url, "push": "ws://127.0.0.1:9/v1"}, flag)

    assert [one["status"] for one in found] == ["PENDING", "COMPLETED"]
    assert len(api.asked) == 2


def test_many_commands_share_a_connection(
    app: Application, api: ScriptedApi, sockets: ScriptedSockets
) -> None:
    """No message names more than 25, whoever stops says so, and each end is seen once."""

    def answer(_: int, said: dict[str, list[str]]) -> list[str]:
        return [told("COMPLETED", 2, one) for one in said.get("watch", []) if one != "c59"]

    script = """
    const commands = new Commands(given.url, { push: { url: given.push } });
    const ids = Array.from({ length: 60 }, (_, n) => `c${n}`);
    const ends = await Promise.all(ids.map(async (id) => {
      const signal = id === "c59" ? AbortSignal.timeout(3000) : undefined;
      const states = await collected(commands.watch(id, { timeout: 20, signal })).catch(() => []);
      return states.filter((state) => state.status === "COMPLETED").length;
    }));
    tell(ends);
    """
    url = api.gives((404, {"retry-after": "30"}, "{}"))
    push = sockets.gives(answer)

    ends = app.run(script, {"url": url, "push": push}, "--experimental-websocket")

    assert ends == [1] * 59 + [0]
    assert len(sockets.opened) == 1
    assert max(len(said.get("watch", [])) for said in sockets.asked) == 25
