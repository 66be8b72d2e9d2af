"""Mapping templates of REST APIs: a real Velocity engine with API Gateway's variables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ministack_extensions.http import Request
from ministack_extensions.restapi.call import new_call
from ministack_extensions.restapi.definition import Definition, RestApi
from ministack_extensions.restapi.errors import Refused
from ministack_extensions.restapi.velocity import rendered
from tests.rest import SEND

if TYPE_CHECKING:
    from ministack_extensions.restapi.call import Call
    from ministack_extensions.restapi.velocity import Overrides

RESOURCE = {"id": "r", "path": "/jobs/{id}", "resourceMethods": {"POST": {"httpMethod": "POST"}}}


def call(body: str = "", *, query: str = "", **headers: str) -> Call:
    """A POST to /jobs/42."""
    stage = {"stageName": "v1", "variables": {"colour": "blue"}}
    api = RestApi("a1", "us-east-1", stage, Definition(resources=(RESOURCE,)))
    pairs = tuple(headers.items())
    return new_call(api, Request("POST", "/", pairs, query, body.encode()), "/jobs/42")


def render(template: str, body: str = "", *, query: str = "", **headers: str) -> str:
    """The text of a request template."""
    return rendered(template, body, call(body, query=query, **headers), "requestOverride")[0]


def override(template: str) -> Overrides:
    """What a response template overrides."""
    return rendered(template, "", call(), "responseOverride")[1]


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_any_text_survives_the_form(text: str) -> None:
    """$util.urlEncode brings any body into one field of a form and back."""
    form = parse_qs(render(SEND, text), keep_blank_values=True, strict_parsing=True)

    assert form["MessageBody"] == [text]
    assert form["Action"] == ["SendMessage"]
    assert len(form) == 5


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("$input.json('$.a')", '{"b":[1,"x"]}'),
        ("$input.path('$.a.b[1]')", "x"),
        ("$input.path(\"$['a']['b'][0]\")", "1"),
        ("[$!input.path('$.nothing')]", "[]"),
        ("$input.json('$.nothing')", '""'),
        ("$input.params('id')", "42"),
        ("$input.params('q')", "a b"),
        ("$input.params('X-Colour')", "red"),
        ("[$input.params('nothing')]", "[]"),
        ("$input.params().header.get('X-Colour')", "red"),
        ("$input.params().path.id", "42"),
        ("$stageVariables.colour", "blue"),
        ("$context.stage $context.resourcePath $context.path", "v1 /jobs/{id} /v1/jobs/42"),
        ("$context.identity.sourceIp", "127.0.0.1"),
        ("#if($context.httpMethod == 'POST')yes#{else}no#end", "yes"),
        ("#foreach($name in $input.params().path.keySet())$name;#end", "id;"),
        ("$util.urlEncode(' +~*/')", "+%2B%7E*%2F"),
        ("$util.urlDecode('a+b%26')", "a b&"),
        ("$util.base64Encode('ü')", "w7w="),
        ("$util.base64Decode('w7w=')", "ü"),
        ('$util.parseJson(\'{"x":{"y":7}}\').x.y', "7"),
        ("$!unknown", ""),
    ],
)
def test_a_template_sees_the_request(template: str, text: str) -> None:
    """The variables that AWS documents have their values."""
    body = '{"a":{"b":[1,"x"]}}'
    headers = {"x-colour": "red"}

    assert render(template, body, query="q=a%20b", **headers) == text


def test_escape_javascript_is_not_json_for_an_apostrophe() -> None:
    """AWS's own documentation tells to undo that: the reason why no template of ours uses it."""
    escaped = render("$util.escapeJavaScript($input.body)", 'it\'s "é"/\n')

    assert escaped == 'it\\\'s \\"\\u00E9\\"\\/\\n'
    with pytest.raises(ValueError, match="escape"):
        json.loads(f'"{escaped}"')


def test_overrides_are_taken_from_the_template() -> None:
    """Status and headers."""
    found = override(
        "#set($context.responseOverride.status = 418)"
        "#set($context.responseOverride.header.x-command-id = $context.httpMethod)"
    )

    assert found.status == 418
    assert found.headers == {"x-command-id": "POST"}


def test_an_override_may_be_applied_once() -> None:
    """AWS answers 5xx to a template that overrides the same parameter twice."""
    once = "#set($context.responseOverride.header.x = 'a')"

    with pytest.raises(Refused):
        override(once * 2)


def test_a_broken_template_is_a_configuration_error() -> None:
    """It never reaches the service."""
    with pytest.raises(Refused) as refused:
        render("#if($x")

    assert refused.value.kind == "API_CONFIGURATION_ERROR"


def test_a_client_cannot_choose_the_extended_id() -> None:
    """It can choose $context.requestId."""
    chosen = call(**{"x-amzn-requestid": "mine"}).context

    assert chosen["requestId"] == "mine"
    assert chosen["extendedRequestId"] != "mine"
    assert len(chosen["extendedRequestId"]) == 16
