"""Commands through the environment's own API."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from scripts.prove.assumption import NotTried, expect

if TYPE_CHECKING:
    from scripts.prove.scene import Scene

CLOSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def accepted(scene: Scene, **more: object) -> str:
    """The id of a new command of the type echo; `more` goes into the body."""
    (endpoint,) = scene.target.require("commands_endpoint")
    body = {"type": "echo", "input": {"prove": "prove"}, **more}
    answer = scene.http("POST", endpoint, json.dumps(body))
    if answer.status in CLOSED:
        raise NotTried(f"the API answers {answer.status}: it asks for credentials")
    if "callback" in more and answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        raise NotTried("the API takes no callback to the probe's receiver")
    expect(answer.status == HTTPStatus.ACCEPTED, f"status {answer.status}")
    return answer.headers.get("x-command-id") or str(answer.json()["id"])
