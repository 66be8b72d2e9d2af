"""A client that asks for every route of an API, over and over, while the environment changes."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.e2e.background import Background
from tests.issuer import bearer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_client.transport import Answer
    from tests.environment import Environment
    from tests.issuer import Issuer

PAUSE_SECONDS, RETRY_SECONDS = 0.05, 1.0
# Every so many rounds a command runs so long that it is under way when something changes.
SLOW_EVERY, SLOW_SECONDS = 10, 2
# API Gateway's own words for a path that it does not know, of an HTTP API and of ours by REST.
_UNKNOWN = ('{"message":"Not Found"}', "problem-type:command-api:unknown_path")


def route_keys(environment: Environment) -> set[str]:
    """The routes that the environment's HTTP API has now."""
    gateway = environment.client("apigatewayv2")
    # Push has an API of its own.
    [api] = [one for one in gateway.get_apis()["Items"] if one["ProtocolType"] == "HTTP"]
    answer = gateway.get_routes(ApiId=api["ApiId"], MaxResults="100")
    return {route["RouteKey"] for route in answer["Items"]}


@dataclass
class Prober(Background):
    """Asks until it is left, one time with a token and one time with a signature.

    So there is always one caller who is let in. `accepted` are the commands that the API took,
    `unknown` the routes that it did not know, `failed` those that it answered with a 5xx, also when
    they were asked again: a function that changes may miss a request.
    """

    environment: Environment
    endpoint: str
    routes: set[str]
    issuer: Issuer
    accepted: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def turn(self, number: int) -> None:
        """Ask for every route."""
        for route in sorted(self.routes):
            self._ask(route, number)
            time.sleep(PAUSE_SECONDS)

    def _ask(self, route: str, turn: int) -> None:
        method, path = route.split(" ")
        command_id = f"probe-{uuid4().hex}"
        body = _body(path, slow=turn // 2 % SLOW_EVERY == 0) if method in {"POST", "PUT"} else ""
        path, signed = path.replace("{id}", command_id), turn % 2 == 0
        answer = self._answer(method, path, body, signed=signed)
        if answer.status >= 500:
            self._over.wait(RETRY_SECONDS)
            answer = self._answer(method, path, body, signed=signed)
        if answer.status < 300 and body:
            self.accepted |= _ids(answer, command_id if method == "PUT" else "")
        elif any(words in answer.body.replace(": ", ":") for words in _UNKNOWN):
            self.unknown.append(route)
        elif answer.status >= 500:
            self.failed.append(f"{route}: {answer.status} {answer.body}")

    def _answer(self, method: str, path: str, body: str, *, signed: bool) -> Answer:
        api = replace(self.environment.api, endpoint=self.endpoint)
        if not signed:
            headers = bearer(self.issuer.token(scope=""))
            return api.request(method, path, body or None, headers)
        return api.request(method, path, body or None, self._signature(method, path, body))

    def _signature(self, method: str, path: str, body: str) -> Mapping[str, str]:
        environ = self.environment.deployment.stack.environ
        caller = Credentials(environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"])
        request = AWSRequest(
            method,
            self.endpoint + path,
            data=body.encode() if body else None,
            headers={"content-type": "application/json"},
        )
        SigV4Auth(caller, "execute-api", environ["AWS_REGION"]).add_auth(request)
        return {name.lower(): value for name, value in request.headers.items()}


def _body(path: str, *, slow: bool) -> str:
    echo: dict[str, Any] = {"type": "echo", "input": {"path": path}}
    if path.endswith(":batch"):
        return json.dumps({"commands": [echo, echo]})
    if not path.startswith(("/commands", "/priorities", "/submit")):
        return json.dumps(echo["input"])
    return json.dumps({"type": "demo", "input": {"sleep_seconds": SLOW_SECONDS}} if slow else echo)


def _ids(answer: Answer, chosen: str) -> set[str]:
    if chosen or "x-command-id" in answer.headers:
        return {chosen or answer.headers["x-command-id"]}
    return {one["id"] for one in answer.json()["results"]}
