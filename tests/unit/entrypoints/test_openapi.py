"""The document describes what the functions answer, on every API."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest

from command_api.openapi import Description, document
from handlers import HANDLERS
from tests.builders import FUNCTION_ENVIRONMENT
from tests.unit.entrypoints.submitting import ORDER, function

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

JWT = {
    "mode": "jwt",
    "issuer": "https://id.example.com",
    "audience": ["jobs"],
    "scopes": {"submit": ["jobs:write", "jobs:all"], "read": [], "cancel": [], "admin": None},
}
CHOICES = [
    {"API_MODE": "direct"},
    {"API_MODE": "direct", "FIFO_QUEUE": "true"},
    {"API_MODE": "validated"},
    {"API_MODE": "validated", "AUTHENTICATION": json.dumps(JWT)},
    {"API_MODE": "validated", "AUTHENTICATION": '{"mode": "iam", "issuer": null, "scopes": {}}'},
    {"API_MODE": "rest", "ROUTES": "{}"},
    {"API_MODE": "direct", "OUTCOMES": "true"},
    {"API_MODE": "validated", "OUTCOMES": "true", "AUTHENTICATION": json.dumps(JWT)},
    {"API_MODE": "rest", "ROUTES": "{}", "OUTCOMES": "true"},
]


@pytest.fixture
def openapi(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function as a cold start leaves it."""
    for name, value in FUNCTION_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(importlib.import_module("command_api.entrypoints.openapi"))


def described(openapi: ModuleType, **choices: str) -> dict[str, Any]:
    """The document of an environment."""
    made: dict[str, Any] = openapi.describe({**FUNCTION_ENVIRONMENT, **choices})
    return made


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All objects of a document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from nodes(inner)


def operations(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All operations, by method and path."""
    for path, item in made["paths"].items():
        for method in ("get", "put", "post", "delete"):
            if method in item:
                yield f"{method.upper()} {path}", item[method]


@pytest.mark.parametrize("choices", CHOICES)
def test_a_document_is_whole(openapi: ModuleType, choices: dict[str, str]) -> None:
    """Every reference leads somewhere, every operation has its own name, nothing is by chance."""
    made = described(openapi, **choices)
    assert made["openapi"] == "3.1.0"
    for node in nodes(made):
        if "$ref" in node:
            at: Any = made
            for part in node["$ref"].removeprefix("#/").split("/"):
                at = at[part]
    names = [operation["operationId"] for _, operation in operations(made)]
    assert len(set(names)) == len(names)
    for where, operation in operations(made):
        assert {"429", "500", "503"} <= set(operation["responses"]), where
        assert operation["summary"]
    assert json.dumps(made) == json.dumps(described(openapi, **choices))


def test_each_api_has_its_own_routes(openapi: ModuleType) -> None:
    """What is there to be asked is what the modules of both kinds of API make."""
    common = {"POST /commands", "GET /commands/{id}", "DELETE /commands/{id}", "GET /openapi.json"}
    found = [{where for where, _ in operations(described(openapi, **one))} for one in CHOICES]
    orders = {"POST /orders"}
    assert found[0] == common | orders | {"PUT /commands/{id}"}
    batch = {"POST /commands:batch"}
    assert found[2] == common | orders | batch | {"PUT /commands/{id}"}
    assert found[3] == common | orders | batch
    assert found[5] == common | {"POST /submit", "GET /status/{id}"}


def test_tokens_and_their_scopes_are_said(openapi: ModuleType) -> None:
    """One of several scopes is enough; the document itself is for everybody."""
    made = described(openapi, **CHOICES[3])
    assert made["components"]["securitySchemes"]["jwt"]["scheme"] == "bearer"
    found = dict(operations(made))
    assert found["POST /commands"]["security"] == [{"jwt": ["jobs:write"]}, {"jwt": ["jobs:all"]}]
    assert found["GET /commands/{id}"]["security"] == [{"jwt": []}]
    assert found["GET /openapi.json"]["security"] == []
    assert {"401", "403"} <= set(found["DELETE /commands/{id}"]["responses"])
    assert "401" not in dict(operations(described(openapi)))["POST /commands"]["responses"]


def test_a_schema_that_refers_to_itself_still_does() -> None:
    """Moved into the document, with all of its references."""
    tree = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"a": {"$ref": "#"}, "b": {"items": [{"$ref": "#/definitions/x"}]}},
        "definitions": {"x": {"type": "string"}},
    }
    made = document(Description(api_mode="direct", inputs={"tree": tree}))
    home = "#/components/schemas/Input.tree"
    moved = made["components"]["schemas"]["Input.tree"]
    assert moved["properties"]["a"] == {"$ref": home}
    assert moved["properties"]["b"]["items"] == [{"$ref": f"{home}/definitions/x"}]
    assert "$schema" not in moved


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("POST /commands", {"type": "echo"}),
        ("POST /commands", {"type": "unheard_of"}),
        ("POST /commands", "{"),
        ("POST /orders", ORDER),
        ("POST /orders", {}),
        ("POST /commands:batch", {"commands": [{}, {"type": 7}]}),
        ("PUT /commands/{id}", {}),
    ],
)
def test_what_is_answered_is_what_is_described(
    openapi: ModuleType, monkeypatch: pytest.MonkeyPatch, route: str, body: object
) -> None:
    """Status, type, headers and body."""
    made = described(openapi, API_MODE="validated")
    answer, said = function(monkeypatch).call(route, body)
    promised = dict(operations(made))[route]["responses"][str(answer["statusCode"])]
    kind = answer["headers"]["content-type"]
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [{}], **made}
    schema["allOf"] = [promised["content"][kind]["schema"]]
    fastjsonschema.compile(schema)(said)
    if answer["statusCode"] == 202:
        assert set(promised["headers"]) <= set(answer["headers"])


def test_a_type_has_its_input_in_the_document(openapi: ModuleType) -> None:
    """By name; what clients may submit is one of them."""
    made = described(openapi, API_MODE="validated")
    schemas = made["components"]["schemas"]
    assert {name for name in schemas if name.startswith("Input.")} == {
        f"Input.{kind}" for kind in HANDLERS
    }
    assert "Result.echo" not in schemas
    alternatives = {one["title"]: one for one in schemas["Submission"]["anyOf"]}
    assert set(alternatives) == set(HANDLERS)
    assert "required" not in alternatives["echo"]
    assert alternatives["process_order"]["required"] == ["type", "input"]
    assert schemas["Result.process_order"]["properties"]["status"] == {
        "description": "Status of the order.",
        "enum": ["PROCESSED"],
    }


def test_the_function_serves_it(openapi: ModuleType) -> None:
    """With a version, so that a client need not read it twice; nobody has to say who they are."""
    answer = openapi.handler({"version": "2.0", "routeKey": "GET /openapi.json"}, None)
    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"] == "application/json"
    assert json.loads(answer["body"])["openapi"] == "3.1.0"
    etag = answer["headers"]["etag"]
    again = openapi.handler({"headers": {"If-None-Match": etag}}, None)
    assert (again["statusCode"], again["body"]) == (304, "")
    assert openapi.handler({"headers": {"if-none-match": '"x"'}}, None) == answer


@pytest.mark.parametrize(
    ("name", "value"),
    [("API_MODE", "open"), ("AUTHENTICATION", "jwt"), ("ROUTES", "[]"), ("FIFO_QUEUE", "yes")],
)
def test_a_choice_that_is_none_is_named(openapi: ModuleType, name: str, value: str) -> None:
    """Before anybody reads a wrong description."""
    with pytest.raises(Exception, match=name):
        described(openapi, **{name: value})
