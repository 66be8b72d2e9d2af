"""What the form is told of each API, by the documents that those APIs really serve."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from command_client.transport import Answer
from scripts.build.openapi.__main__ import describe
from scripts.build.openapi.choices import environ
from scripts.cli import ROOT
from scripts.commands.api import CommandsApi
from scripts.local.dashboard import contract

if TYPE_CHECKING:
    from scripts.local.dashboard.contract import Contract

ISSUER = {"mode": "jwt", "issuer": "https://issuer.example", "audience": ["me"]}


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The contract of an API that was deployed with these variables."""

    def ask(status: int = 200, **variables: str) -> Contract:
        document = describe({**environ(ROOT / "environments/dev"), **variables})
        answer = Answer(status, {}, json.dumps(document))
        monkeypatch.setattr(CommandsApi, "request", lambda *_: answer)
        return contract.ask("http://127.0.0.1:1/commands")

    return ask


@pytest.mark.parametrize(
    ("api_mode", "shown"), [("direct", "direct"), ("validated", "validated"), ("rest", "REST")]
)
def test_each_api_mode_is_known(ask: Any, api_mode: str, shown: str) -> None:
    """All of them are open where nobody has to say who they are."""
    found = ask(API_MODE=api_mode)
    assert (found.api_mode, found.closed, found.fifo) == (shown, "", False)


def test_every_type_has_an_example(ask: Any) -> None:
    """Those of the demo, else those of the type's schema."""
    found = ask()
    assert all(found.types.values())
    assert ("fails twice, then succeeds", {"fail_attempts": 2}) in found.types["demo"]
    [(_, order)] = found.types["process_order"]
    assert order["productId"]


@pytest.mark.parametrize(
    ("authentication", "words"), [(ISSUER, "bearer token"), ({"mode": "iam"}, "IAM has signed")]
)
def test_an_api_with_callers_is_closed_to_the_page(
    ask: Any, authentication: dict[str, Any], words: str
) -> None:
    """It says what would be needed, and that the rest works."""
    found = ask(AUTHENTICATION=json.dumps(authentication))
    assert words in found.closed
    assert "docs/submission.md" in found.closed


@pytest.mark.parametrize("status", [401, 403])
def test_an_api_that_does_not_even_describe_itself_is_closed(ask: Any, status: int) -> None:
    """A REST API with keys."""
    found = ask(status)
    assert "key" in found.closed
    assert found.types == {}


def test_a_fifo_queue_wants_a_group(ask: Any) -> None:
    """The form then has a field for it."""
    assert ask(FIFO_QUEUE="true").fifo
