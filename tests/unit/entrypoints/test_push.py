"""The push function, as API Gateway calls it for connections and messages."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from command_api.domain.access import Caller
from command_api.domain.errors import Unavailable, Unidentified
from command_api.domain.model import Status
from tests.builders import FUNCTION_ENVIRONMENT, LATER, NOW, command
from tests.fakes.commands import InMemoryCommands
from tests.fakes.watches import InMemoryWatches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from command_api.domain.model import Command

ARN = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/v1/$connect"
SCOPES = {"read": ["read"], "admin": "root"}
JWT = {"mode": "jwt", "issuer": "https://id.example.com", "audience": ["x"], "scopes": SCOPES}
RUNNING = command(Status.PROCESSING, owner="ann")
ENDED = RUNNING.completed(7, now=NOW, purge_at=LATER)
SOON = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """The module as a cold start leaves it, with commands in memory."""

    def start(authentication: Mapping[str, Any], *commands: Command) -> ModuleType:
        for name, value in FUNCTION_ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AUTHENTICATION", json.dumps(authentication))
        push: Any = importlib.reload(importlib.import_module("command_api.entrypoints.push"))
        store = InMemoryCommands()
        for one in commands:
            store.commands[one.id] = one
        push.watch = replace(
            push.watch, store=store, watches=InMemoryWatches(), limit=30, clock=lambda: NOW
        )
        module: ModuleType = push
        return module

    return start


def asked(push: ModuleType, token: str = "t") -> dict[str, Any]:  # noqa: S107
    """The authorizer's answer to a token."""
    event = {
        "type": "REQUEST",
        "methodArn": ARN,
        "queryStringParameters": {"access_token": token},
        "requestContext": {"eventType": "CONNECT"},
    }
    answer: dict[str, Any] = push.handler(event, None)
    return answer


def said(push: ModuleType, body: str, **authorizer: str) -> dict[str, Any]:
    """The answer to a message."""
    context = {"eventType": "MESSAGE", "connectionId": "a=", "authorizer": authorizer}
    answer = push.handler({"requestContext": context, "body": body}, None)
    assert answer["statusCode"] == 200
    found: dict[str, Any] = json.loads(answer["body"])
    return found


def trusting(push: ModuleType, **claims: Any) -> None:
    """Let any token have these claims."""

    class Tokens:
        def verified(self, _token: str, *, now: datetime) -> Mapping[str, Any]:
            return {"exp": now.timestamp() + 60, **claims}

    push.tokens = Tokens()  # type: ignore[attr-defined]


def effect(answer: Mapping[str, Any]) -> str:
    """Whether a connection is let in."""
    [statement] = answer["policyDocument"]["Statement"]
    assert statement["Resource"] == ARN
    found: str = statement["Effect"]
    return found


@pytest.mark.parametrize(
    ("claims", "wanted"),
    [
        ({"sub": "ann", "scope": "read"}, "Allow"),
        ({"sub": "ann", "scope": "root"}, "Allow"),
        ({"sub": "ann", "scope": "write"}, "Deny"),
        ({"sub": "ann"}, "Deny"),
        ({"scope": "read"}, "Deny"),
        ({"sub": "a\nb", "scope": "read"}, "Deny"),
    ],
)
def test_whoever_may_read_commands_may_connect(
    started: Callable[..., ModuleType], claims: Mapping[str, str], wanted: str
) -> None:
    """By subject and scopes, as the HTTP API has it."""
    push = started(JWT)
    trusting(push, **claims)

    assert effect(asked(push)) == wanted


def test_a_connection_ends_with_its_token(started: Callable[..., ModuleType]) -> None:
    """Or after two hours, whichever comes first."""
    push = started(JWT)
    for seconds, most in ((60, 60), (9e9, 7200), (float("inf"), 7200)):
        trusting(push, sub="ann", scope="read", exp=datetime.now(UTC).timestamp() + seconds)
        until = datetime.fromisoformat(asked(push)["context"]["until"])
        left = (until - datetime.now(UTC)).total_seconds()
        assert most - 5 < left <= most


def test_a_bad_token_is_turned_away(started: Callable[..., ModuleType]) -> None:
    """And trouble with the issuer is no verdict."""
    push = started(JWT)

    class Tokens:
        error: type[Exception] = Unidentified

        def verified(self, _token: str, **_: Any) -> Any:
            raise self.error

    push.tokens = Tokens()  # type: ignore[attr-defined]
    assert effect(asked(push)) == "Deny"
    Tokens.error = Unavailable
    with pytest.raises(Unavailable):
        asked(push)


def test_a_message_watches_commands_of_its_owner(started: Callable[..., ModuleType]) -> None:
    """It is told what they are; what is another's or unknown is watched all the same."""
    push = started(JWT, RUNNING, replace(RUNNING, id="c-2", owner="bob"))

    answer = said(push, '{"watch": ["c-1", "c-2", "c-3"]}', owner="ann", admin="False", until=SOON)

    assert [one["status"] for one in answer["commands"]] == ["PROCESSING", None, None]
    [watch] = push.watch.watches.of("c-2")
    assert watch.viewer.caller == Caller(owner="ann")
    assert watch.viewer.until == datetime.fromisoformat(SOON)


def test_an_admin_watches_everybodys(started: Callable[..., ModuleType]) -> None:
    """As it reads everybody's."""
    push = started(JWT, RUNNING)

    answer = said(push, '{"watch": ["c-1"]}', owner="root", admin="True", until=SOON)

    assert answer["commands"][0]["status"] == "PROCESSING"


def test_what_has_ended_is_told_and_watched_no_longer(started: Callable[..., ModuleType]) -> None:
    """Nothing more will be told of it."""
    push = started({"mode": "none"}, ENDED)

    assert said(push, '{"watch": ["c-1"]}')["commands"][0]["result"] == 7
    assert push.watch.watches.of("c-1") == []


def test_a_watch_is_stored_before_its_command_is_read(started: Callable[..., ModuleType]) -> None:
    """Or the end could come in between and be told to nobody."""
    push = started({"mode": "none"}, RUNNING)
    get, seen = push.watch.store.get, []

    def look(command_id: str, *, newest: bool = False) -> Command | None:
        seen.append((newest, len(push.watch.watches.of(command_id))))
        found: Command | None = get(command_id)
        return found

    push.watch.store.get = look
    said(push, '{"watch": ["c-1"]}')

    assert seen == [(True, 1)]


def test_unwatching_ends_a_watch(started: Callable[..., ModuleType]) -> None:
    """And answers with nothing to tell."""
    push = started({"mode": "none"}, RUNNING)
    said(push, '{"watch": ["c-1"]}')

    assert said(push, '{"unwatch": ["c-1", "c-9"]}') == {"commands": []}
    assert push.watch.watches.of("c-1") == []


def test_problems_are_told(started: Callable[..., ModuleType]) -> None:
    """With a code that a client can act on."""
    push = started(JWT, RUNNING)
    who = {"owner": "ann", "admin": "False", "until": SOON}

    def code(body: str, **changed: str) -> str:
        found: str = said(push, body, **{**who, **changed})["problem"]["code"]
        return found

    assert code("{") == "invalid_message"
    assert code('{"watch": ["c-1"]}', until=NOW.replace(year=2020).isoformat()) == "token_expired"
    said(push, json.dumps({"watch": [f"c-{n}" for n in range(20)]}), **who)
    assert code(json.dumps({"watch": [f"c-{n}" for n in range(11)]})) == "too_many_watches"


def test_trouble_with_a_table_is_told_and_not_quoted(
    started: Callable[..., ModuleType], caplog: pytest.LogCaptureFixture
) -> None:
    """The client may try again."""
    push = started({"mode": "none"})

    def away(*_: Any, **__: Any) -> None:
        raise Unavailable("ThrottlingException")

    push.watch.watches.add = away
    answer = said(push, '{"watch": ["s3cret"]}')

    assert answer["problem"]["code"] == "service_unavailable"
    assert "watch unavailable" in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("event_type", ["CONNECT", "DISCONNECT"])
def test_connections_come_and_go_without_a_write(
    started: Callable[..., ModuleType], event_type: str
) -> None:
    """Whoever may connect was decided before."""
    push = started({"mode": "none"})

    assert push.handler({"requestContext": {"eventType": event_type}}, None) == {"statusCode": 200}
    assert not push.watch.watches.found
