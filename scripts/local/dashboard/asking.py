"""What the page asks of the deployed API: submit, cancel, show, as any client does."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scripts.commands.lines import NO_ID
from scripts.framework import model
from scripts.local.dashboard.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_client.transport import Answer
    from scripts.local.dashboard.deployed import Deployed

_WITHOUT_WORDS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "This API requires a token or a key, which this page does not have.",
    HTTPStatus.FORBIDDEN: "This API requires a key, signature or scope that this page lacks.",
    HTTPStatus.TOO_MANY_REQUESTS: "The API is throttling requests; try again shortly.",
}


def submit(deployed: Deployed, asked: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Submit what the form says; the id, the type, and whether there was a command with this id.

    Problem where the API does not take it.
    """
    _require_open(deployed)
    kind, work = asked.get("type"), asked.get("input")
    command_id, group = asked.get("id") or "", asked.get("group") or ""
    if not isinstance(kind, str) or not isinstance(work, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "A command needs a type and a JSON object as input.")
    if command_id and not (isinstance(command_id, str) and model.ID_PATTERN.fullmatch(command_id)):
        raise Problem(HTTPStatus.BAD_REQUEST, f"The id {NO_ID}.")
    if not isinstance(group, str) or not group.isascii() or not all(map(str.isprintable, group)):
        raise Problem(HTTPStatus.BAD_REQUEST, "A group must be 1-128 printable ASCII characters.")
    known = bool(command_id) and deployed.api.get(command_id).status == HTTPStatus.OK
    headers = {"x-message-group-id": group} if group else {}
    body = json.dumps({"type": kind, "input": work})
    answer = (
        deployed.api.put(command_id, body, **headers)
        if command_id
        else deployed.api.post(body, **headers)
    )
    if answer.status != HTTPStatus.ACCEPTED:
        raise _refused(answer)
    return command_id or answer.headers["x-command-id"], kind, known


def cancel(deployed: Deployed, command_id: str) -> dict[str, Any]:
    """Take a command back, or ask it to stop; Problem where it has ended."""
    _require_open(deployed)
    answer = deployed.api.cancel(command_id)
    if answer.status not in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
        raise _refused(answer)
    return _object(answer)


def show(deployed: Deployed, command_id: str) -> dict[str, Any]:
    """What the API says of a command; its result as text, since JavaScript rounds numbers."""
    answer = deployed.api.get(command_id)
    if answer.status != HTTPStatus.OK:
        raise _refused(answer)
    found = _object(answer)
    if "result" in found and not isinstance(found["result"], str):
        found["result"] = json.dumps(found["result"], indent=2, ensure_ascii=False)
    return found


def _require_open(deployed: Deployed) -> None:
    if deployed.contract.closed:
        raise Problem(HTTPStatus.FORBIDDEN, deployed.contract.closed)


def _refused(answer: Answer) -> Problem:
    said = _object(answer)
    words = said.get("detail") or _WITHOUT_WORDS.get(answer.status)
    words = words or said.get("message") or "see: make logs"
    errors = [
        {"pointer": str(one.get("pointer", "")), "detail": str(one.get("detail", ""))}
        for one in said.get("errors", [])
        if isinstance(one, dict)
    ]
    return Problem(answer.status, f"The API answered {answer.status}: {words}", errors)


def _object(answer: Answer) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None  # SQS answers XML
    return found if isinstance(found, dict) else {}
