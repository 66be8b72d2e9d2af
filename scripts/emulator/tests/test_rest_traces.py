"""A REST API names the trace of a request where its stage traces, and only there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.client import send
from tests.rest import JSON, Rest

if TYPE_CHECKING:
    from tests.aws import Aws

TRACE = "1-5759e988-bd862e3fe1be46a994272793"


def traced(aws: Aws, *, tracing: bool) -> Rest:
    """`GET /trace` answers with the trace, or nothing."""
    rest = Rest.create(aws)
    template = {JSON: '{"statusCode": 200}'}
    where = rest.method("GET /trace", {"type": "MOCK", "requestTemplates": template})
    rest.answer(where, "200", "trace=$!context.xrayTraceId")
    rest.deploy(tracingEnabled=tracing)
    return rest


def test_a_stage_that_traces_names_the_clients_trace_or_a_new_one(aws: Aws) -> None:
    """The bare id, without the rest of the header."""
    url = f"{traced(aws, tracing=True).url}/trace"
    given = send("GET", url, None, {"x-amzn-trace-id": f"Root={TRACE};Sampled=0"})
    assert given.text == f"trace={TRACE}"
    assert re.fullmatch(r"trace=1-[0-9a-f]{8}-[0-9a-f]{24}", send("GET", url).text)


def test_a_stage_that_does_not_names_none(aws: Aws) -> None:
    """There is no such variable then."""
    rest = traced(aws, tracing=False)
    given = send("GET", f"{rest.url}/trace", None, {"x-amzn-trace-id": f"Root={TRACE}"})
    assert given.text == "trace="
