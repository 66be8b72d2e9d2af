"""The commands API over HTTP, as any client sees it."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS = 30


class Unreachable(OperatorError):
    """Nobody answers at this endpoint."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status code, the headers with lower-case names, and the body's text."""

    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:  # noqa: ANN401 - whatever the server says
        """The body read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class CommandsApi:
    """One deployed API; `endpoint` is Terraform's output `commands_endpoint`."""

    endpoint: str

    def post(self, body: str | bytes, **headers: str) -> Answer:
        """`POST /commands`: the gateway chooses the id."""
        return self.request("POST", "", body, headers)

    def put(self, command_id: str, body: str | bytes, **headers: str) -> Answer:
        """`PUT /commands/{id}`: the client chooses the id, so repeating the request is safe."""
        return self.request("PUT", f"/{quote(command_id, safe='')}", body, headers)

    def get(self, command_id: str) -> Answer:
        """`GET /commands/{id}`."""
        return self.request("GET", f"/{quote(command_id, safe='')}")

    def cancel(self, command_id: str) -> Answer:
        """`DELETE /commands/{id}`: 200 where the command is cancelled now, 409 where it is not."""
        return self.request("DELETE", f"/{quote(command_id, safe='')}")

    def submit(self, kind: str, work: Mapping[str, Any], command_id: str | None = None) -> str:
        """Submit a command and return its id; OperatorError where the API did not take it."""
        return self.submit_body(json.dumps({"type": kind, "input": work}), command_id)

    def submit_body(self, body: str, command_id: str | None = None) -> str:
        """The same with a body that is JSON already."""
        answer = self.put(command_id, body) if command_id else self.post(body)
        if answer.status != http.HTTPStatus.ACCEPTED:
            raise OperatorError(f"the API answered {answer.status} instead of 202; see: make logs")
        # The body is SQS's own answer, XML or JSON; the id travels in the header.
        return command_id or answer.headers["x-command-id"]

    def request(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own; Unreachable where nobody answers."""
        url = urlsplit(self.endpoint)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(
                method,
                url.path + path,
                body.encode() if isinstance(body, str) else body,
                {"content-type": "application/json", **(headers or {})},
            )
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            message = f"{self.endpoint} does not answer ({error}); is it deployed? run: make up"
            raise Unreachable(message) from error
        finally:
            connection.close()
        lower = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, lower, text)
