"""The commands API over HTTP, as any client sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scripts.errors import OperatorError
from scripts.framework import answers, transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_client import Refused
    from command_client.transport import Answer

TIMEOUT_SECONDS = 30.0
# What such an answer says of one request, it says of all.
CLOSED: frozenset[int] = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# How API Gateway says that there is no `PUT /commands/{id}`.
_NO_PUT: frozenset[int] = frozenset(
    {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
)


class Unreachable(OperatorError, transport.Unreachable):
    """Nobody answers at this endpoint."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent


@dataclass(frozen=True)
class CommandsApi:
    """One deployed API; `endpoint` is Terraform's output `commands_endpoint`.

    `headers` go along with every request: a token, for example.
    """

    endpoint: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def post(self, body: str | bytes, **headers: str) -> Answer:
        """`POST /commands`: the gateway chooses the id."""
        return self.request("POST", "", body, headers)

    def put(self, command_id: str, body: str | bytes, **headers: str) -> Answer:
        """`PUT /commands/{id}`: the client chooses the id, so repeating the request is safe."""
        return self.request("PUT", f"/{quote(command_id, safe='')}", body, headers)

    def get(
        self,
        command_id: str,
        headers: Mapping[str, str] | None = None,
        seconds: float = TIMEOUT_SECONDS,
        *,
        history: bool = False,
    ) -> Answer:
        """`GET /commands/{id}`, with its history if asked for."""
        path = f"/{quote(command_id, safe='')}{'?history=1' if history else ''}"
        return self.request("GET", path, headers=headers, seconds=seconds)

    def cancel(self, command_id: str) -> Answer:
        """`DELETE /commands/{id}`: 200 where the command is cancelled now, 409 where it is not."""
        return self.request("DELETE", f"/{quote(command_id, safe='')}")

    def submit(
        self, kind: str, work: Mapping[str, Any], command_id: str | None = None, **headers: str
    ) -> str:
        """Submit a command and return its id; OperatorError where the API did not take it."""
        body = json.dumps({"type": kind, "input": work})
        return self.submit_body(body, command_id, **headers)

    def submit_body(self, body: str, command_id: str | None = None, **headers: str) -> str:
        """The same with a body that is JSON already."""
        answer = self.put(command_id, body, **headers) if command_id else self.post(body, **headers)
        if answer.status != HTTPStatus.ACCEPTED:
            raise OperatorError(explained(answers.refused(answer), own_id=bool(command_id)))
        # The body is SQS's own answer, XML or JSON; the id travels in the header.
        taken = command_id or answer.headers.get("x-command-id")
        if not taken:
            raise OperatorError(f"{self.endpoint} answered without a command id; check the URL")
        return taken

    def request(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = TIMEOUT_SECONDS,
    ) -> Answer:
        """One request on a connection of its own; Unreachable where nobody answers."""
        try:
            return transport.request(
                transport.endpoint_of(self.endpoint),
                method,
                path,
                seconds=seconds,
                body=body.encode() if isinstance(body, str) else body,
                headers={"content-type": "application/json", **self.headers, **(headers or {})},
            )
        except transport.InvalidEndpoint as error:
            raise OperatorError(str(error)) from None
        except transport.Unreachable as error:
            raise Unreachable(
                f"{self.endpoint} does not answer ({error}); check that it is deployed and that"
                " the URL is correct. Local stack: make up",
                permanent=error.permanent,
            ) from error


def explained(refused: Refused, *, own_id: bool = False) -> str:
    """Why the API did not do what was asked, and what may help, in one line.

    `own_id`: a command was submitted under an id that the client chose.
    """
    if own_id and refused.status in _NO_PUT:
        return f"{refused}; a REST API chooses all ids: submit without --id, and without --file"
    if refused.status in CLOSED:
        return (
            f"{refused}; pass --token TOKEN or --header 'x-api-key: KEY'; this tool does not sign"
            " requests for IAM: see docs/submission.md"
        )
    return f"{refused}; try again later" if answers.passes(refused.status) else str(refused)
