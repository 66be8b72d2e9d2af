"""What the client calls a request, and its trace, at the API that takes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from command_api.domain.trace import trace_id
from tests.unit.entrypoints.submitting import Function, function

ID = "1-5759e988-bd862e3fe1be46a994272793"
TRACE = f"Root={ID};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0"
OTHER = "Root=1-67891233-abcdef012345678912345678"


@pytest.fixture
def submit(monkeypatch: pytest.MonkeyPatch) -> Function:
    """The submit function of a deployment without owners."""
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    return function(monkeypatch)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (TRACE, ID),
        (f"Root={ID}", ID),
        (f"Self={ID};Root={ID};Sampled=?", ID),
        (ID, ""),
        ("", ""),
        (f"Root={ID.upper()}", ""),
        (f"Root={ID}\nmessage: forged", ""),
        (f"Root={ID};Parent=", ""),
        (f"Root={ID}" + ";A=b" * 9, ""),
        ("Sampled=1", ""),
    ],
)
def test_a_trace_is_known_by_its_header_only(header: str, found: str) -> None:
    """What is not well-formed, whoever sent it, is no trace."""
    assert trace_id(header) == found


def test_an_api_carries_both_and_says_so(submit: Function) -> None:
    """Stored with the unsent command, sent with it, and told in the answer."""
    answer, _ = submit.post({}, x_correlation_id="checkout-7", x_amzn_trace_id=TRACE)
    assert answer["headers"]["x-correlation-id"] == "checkout-7"
    (sent,) = submit.harness.queue.messages
    assert sent.correlation_id == "checkout-7"
    assert sent.pending_entry is not None
    assert sent.pending_entry.trace == TRACE
    assert submit.harness.table.writes == ["store", "sent"]


def test_the_apis_own_line_names_both(submit: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trace by its id, which is what X-Ray is asked for."""
    lines: list[dict[str, str]] = []
    noted = SimpleNamespace(info=lambda _, extra: lines.append(extra))
    monkeypatch.setitem(vars(submit.module), "submit", replace(submit.module.submit, logger=noted))
    submit.post({}, x_correlation_id="checkout-7", x_amzn_trace_id=TRACE)
    (line,) = lines
    assert (line["correlation_id"], line["xray_trace_id"]) == ("checkout-7", ID)


def test_without_a_name_the_id_is_the_name(submit: Function) -> None:
    """The same that the logs say."""
    answer, said = submit.post({}, x_amzn_trace_id="Root=made-up")
    assert answer["headers"]["x-correlation-id"] == said["id"]
    (sent,) = submit.harness.queue.messages
    assert (sent.correlation_id, sent.pending_entry and sent.pending_entry.trace) == ("", "")


def test_lambdas_own_trace_comes_first(submit: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on from the request's, with the function's own segment as the parent."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
    submit.post({}, x_amzn_trace_id=OTHER)
    (sent,) = submit.harness.queue.messages
    assert sent.pending_entry is not None
    assert sent.pending_entry.trace == TRACE


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 129, "ü", "a\r\nb", "{1}", "a,b"])
@pytest.mark.parametrize("route", ["POST /commands", "PUT /commands/{id}", "POST /commands:batch"])
def test_a_name_that_cannot_be_is_refused(submit: Function, route: str, name: str) -> None:
    """400 with an example, before anything is written down."""
    answer, said = submit.call(route, {}, x_correlation_id=name)
    assert (answer["statusCode"], "checkout-7" in said["detail"]) == (400, True)
    assert "x-correlation-id" not in answer["headers"]
    assert not submit.harness.table.writes


def test_all_commands_of_a_batch_have_its_name(submit: Function) -> None:
    """The header is the request's."""
    body = {"commands": [{"type": "echo"}, {"type": "nope"}, {"type": "echo"}]}
    answer, _ = submit.call("POST /commands:batch", body, x_correlation_id="night-run")
    assert answer["headers"]["x-correlation-id"] == "night-run"
    assert [one.correlation_id for one in submit.harness.queue.messages] == ["night-run"] * 2


def test_a_refused_request_is_told_its_name(submit: Function) -> None:
    """Whoever looks into it needs it most."""
    answer, _ = submit.post("not json", x_correlation_id="checkout-7")
    assert (answer["statusCode"], answer["headers"]["x-correlation-id"]) == (400, "checkout-7")


def test_a_repetition_gets_the_name_of_the_first(submit: Function) -> None:
    """Under which its command is in the logs; the name is no part of what was asked for."""
    for name in ("first", "second"):
        answer, _ = submit.post({}, idempotency_key='"k-1"', x_correlation_id=name)
        assert (answer["statusCode"], answer["headers"]["x-correlation-id"]) == (202, "first")
    assert len(submit.harness.queue.messages) == 1


def test_what_a_crash_left_behind_is_sent_with_both(submit: Function) -> None:
    """By the outbox relay, long after the request."""
    submit.harness.queue.away = True
    submit.post({}, x_correlation_id="checkout-7", x_amzn_trace_id=TRACE)
    submit.harness.queue.away = False
    ((stored),) = submit.harness.table.store_.commands.values()
    submit.harness.now = stored.created_at + timedelta(days=7)
    assert submit.harness.relay()["sent"] == 1
    (sent,) = submit.harness.queue.messages
    assert sent.correlation_id == "checkout-7"
    assert sent.pending_entry is not None
    assert sent.pending_entry.trace == TRACE
