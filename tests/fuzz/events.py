"""Generated and mutated requests, as either kind of API Gateway hands them on."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.fuzz.mutations import VALUES, mutated, written

if TYPE_CHECKING:
    from collections.abc import Mapping


INPUTS = st.dictionaries(st.text(max_size=8), VALUES, max_size=4)
TYPES = st.sampled_from(
    [
        "echo",
        "process_order",
        "send_email",
        "deliver_webhook",
        "generate_report",
        "nope",
        "",
        7,
        None,
    ]
)
_FIELDS = {"type": TYPES, "input": INPUTS | VALUES, "key": st.text(max_size=300) | VALUES}
COMMANDS = st.fixed_dictionaries({}, optional={**_FIELDS, "other": VALUES}) | VALUES
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=140)
IDS = (
    st.from_regex(r"[A-Za-z0-9._:=-]{1,129}", fullmatch=True)
    | st.sampled_from(
        [".", "..", "%2E", "%252e", "a%2541", "c-1\n", "", "../x", "%", "%zz", "x" * 129]
    )
    | _TEXTS
)
_JSON_TYPES = ["application/json", "APPLICATION/JSON; charset=utf-8", "application/x+json"]
_HEADERS = {
    "content-type": st.sampled_from([*_JSON_TYPES * 3, "text/plain", "", ";", "application/"]),
    "content-encoding": st.sampled_from(["identity", "gzip", ""]),
    "idempotency-key": st.sampled_from(["k-1", '"k-1"', '"a\\"b"', '"', ""]) | _TEXTS,
    "X-Correlation-Id": IDS,
    "x-message-group-id": _TEXTS,
    "If-None-Match": st.sampled_from(["*", "W/", ","]) | _TEXTS,
}


BATCHES = st.fixed_dictionaries(
    {"commands": st.lists(COMMANDS, max_size=5) | VALUES}, optional={"other": VALUES}
)
BODIES = mutated(written(COMMANDS) | written(BATCHES)) | _TEXTS


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """A request to any route, of either kind of API."""
    route = draw(
        st.sampled_from(
            [
                *("POST /commands", "PUT /commands/{id}", "POST /commands:batch"),
                *("GET /commands/{id}", "DELETE /commands/{id}", "POST /elsewhere"),
            ]
        )
    )
    headers = draw(st.fixed_dictionaries({}, optional=_HEADERS))
    headers.setdefault("content-type", "application/json")
    query = draw(st.dictionaries(st.sampled_from(["wait", "x"]), _TEXTS, max_size=2))
    event = event_of(
        route,
        draw(BODIES) if route.startswith("P") else "",
        command_id=draw(IDS),
        headers=headers,
        rest=draw(st.booleans()),
        packed=draw(st.booleans()),
    )
    return {**event, "queryStringParameters": query or None}


def event_of(
    route: str,
    body: str,
    *,
    command_id: str = "c-1",
    headers: Mapping[str, str] | None = None,
    rest: bool = False,
    packed: bool = False,
) -> dict[str, Any]:
    """The event of a request; an HTTP API has decoded the id, a REST API has not.

    `packed` hands the body on in base64.
    """
    method, _, path = route.partition(" ")
    parameters = {"id": quote(command_id, safe="") if rest else command_id}
    event = {
        "headers": headers or {"content-type": "application/json"},
        "pathParameters": parameters if "{id}" in path else None,
        "requestContext": {},
        "body": base64.b64encode(body.encode()).decode() if packed else body or None,
        "isBase64Encoded": packed,
    }
    if rest:
        return {**event, "httpMethod": method, "resource": path}
    return {**event, "version": "2.0", "routeKey": route}
