"""Messages of a WebSocket connection: what a client may ask, and commands as it is told of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from command_api.domain.model import ID_PATTERN, ID_RULE
from command_api.http.view import view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from command_api.domain.model import Command

# The views of so many commands fit into an answer, without their results.
MOST_IDS = 25
# Of 128 KB that a message may have:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
MOST_BYTES = 120 * 1024


class BadMessage(Exception):
    """The message is none of ours; its text says what would be."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks for, by commands' ids."""

    watch: Sequence[str] = ()
    unwatch: Sequence[str] = ()


def wish_of(body: str) -> Wish:
    """What a message asks for; BadMessage where it is unreadable."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not said or set(said) - {"watch", "unwatch"}:
        raise BadMessage('Send {"watch": [ids]} or {"unwatch": [ids]}.')
    wish = Wish(**{verb: _ids(verb, listed) for verb, listed in said.items()})
    if len(wish.watch) + len(wish.unwatch) > MOST_IDS:
        raise BadMessage(f"A message names {MOST_IDS} commands at most; send several.")
    return wish


def _ids(verb: str, listed: object) -> Sequence[str]:
    if not isinstance(listed, list) or not all(
        isinstance(one, str) and ID_PATTERN.fullmatch(one) for one in listed
    ):
        raise BadMessage(f'{verb} must be a list of ids; an id is {ID_RULE}, like "order-1042".')
    return tuple(dict.fromkeys(listed))


def shown(
    commands: Mapping[str, Command | None],
    callback: Callable[[Command], Mapping[str, object] | None],
) -> str:
    """The message that tells of commands, None being one that the client does not see.

    What GET answers, but for results that do not fit: `resultOmitted` stands for them. `callback`
    says how the callback of a command went.
    """
    messages: list[str] = []
    wholes = {
        name: None if it is None else view(it, callback=callback(it))
        for name, it in commands.items()
    }
    briefs = {name: _text(_brief(name, whole)) for name, whole in wholes.items()}
    left = MOST_BYTES - sum(len(brief.encode()) for brief in briefs.values())
    for name, whole in wholes.items():
        brief = briefs[name]
        # A link to a result would be of use for a while only.
        text = brief if whole is None or "resultUrl" in whole else _text(whole)
        more = len(text.encode()) - len(brief.encode())
        fits = more <= left
        left -= max(more, 0) if fits else 0
        messages.append(text if fits else brief)
    return f'{{"commands":[{",".join(messages)}]}}'


def problem_message(code: str, detail: str) -> str:
    """The message that says why a request was not granted."""
    return _text({"problem": {"code": code, "detail": detail}})


def _brief(command_id: str, whole: Mapping[str, object] | None) -> Mapping[str, object]:
    """A command without its result."""
    if whole is None:
        return {"id": command_id, "status": None}
    if "result" not in whole and "resultUrl" not in whole:
        return whole
    brief = {name: it for name, it in whole.items() if name not in ("result", "resultUrl")}
    return {**brief, "resultOmitted": True}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
