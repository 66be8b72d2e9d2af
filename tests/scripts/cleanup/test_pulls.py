"""Which pull requests are open: a list, GitHub, and every way not to know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scripts.cleanup.plan import Pull
from scripts.cleanup.pulls import Nobody, github, told
from scripts.errors import OperatorError
from tests.scripts.web import Page

if TYPE_CHECKING:
    from scripts.cleanup.pulls import GitHub
    from tests.scripts.web import Web


@pytest.fixture
def asked(web: Web, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    """GitHub, at a server whose pages the test decides."""
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    monkeypatch.setenv("GITHUB_API_URL", f"{web.url}/")
    return github("acme/jobs")


def _answers(web: Web, number: int, document: object, status: int = 200) -> None:
    page = Page(json.dumps(document).encode(), status)
    web.pages[f"/repos/acme/jobs/pulls/{number}"] = page


def test_github_says_open_or_closed(web: Web, asked: GitHub) -> None:
    """Each number is asked for by itself, merged ones are closed."""
    _answers(web, 7, {"number": 7, "state": "open"})
    _answers(web, 8, {"number": 8, "state": "closed", "merged": True})
    assert asked.states([7, 8]) == {7: Pull.OPEN, 8: Pull.CLOSED}


@pytest.mark.parametrize(
    "document", [{}, [], None, {"number": 8, "state": "closed"}, {"number": 7, "state": "gone"}]
)
def test_an_answer_about_something_else_says_nothing(
    web: Web, asked: GitHub, document: object
) -> None:
    """Only a state of that very pull request counts."""
    _answers(web, 7, document)
    assert asked.states([7]) == {7: Pull.UNKNOWN}


def test_a_number_that_github_does_not_know_stays_unknown(asked: GitHub) -> None:
    """A 404 is also what a token gets that may not see the repository."""
    assert asked.states([7]) == {7: Pull.UNKNOWN}


@pytest.mark.parametrize("status", [401, 403, 500, 502])
def test_a_refusal_is_an_error(web: Web, asked: GitHub, status: int) -> None:
    """Nothing is concluded from it."""
    _answers(web, 7, {"number": 7, "state": "closed"}, status)
    with pytest.raises(OperatorError, match=f"HTTP {status}; no previews were removed"):
        asked.states([7])


@pytest.mark.parametrize("page", [Page(b"<html>"), Page(b'{"number": 7', promised=900), Page(b"")])
def test_half_an_answer_is_an_error(web: Web, asked: GitHub, page: Page) -> None:
    """A proxy's page, a cut connection, nothing at all."""
    web.pages["/repos/acme/jobs/pulls/7"] = page
    with pytest.raises(OperatorError, match="could not be read from GitHub"):
        asked.states([7])


def test_a_server_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, as every error."""
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:1")
    with pytest.raises(OperatorError, match="could not be read from GitHub"):
        github("acme/jobs").states([7])


@pytest.mark.parametrize(
    ("repository", "token", "url", "words"),
    [
        ("acme/jobs", "", "https://api.github.com", "GITHUB_TOKEN"),
        ("acme", "t", "https://api.github.com", "is not a repository"),
        ("acme/jobs/../x", "t", "https://api.github.com", "is not a repository"),
        ("acme/jobs", "t", "http://api.github.com", "https://"),
        ("acme/jobs", "t", "file:///etc/passwd", "https://"),
    ],
)
def test_github_needs_a_repository_a_token_and_tls(
    monkeypatch: pytest.MonkeyPatch, repository: str, token: str, url: str, words: str
) -> None:
    """A token goes to nobody over plain HTTP."""
    monkeypatch.setenv("GITHUB_TOKEN", token)
    monkeypatch.setenv("GITHUB_API_URL", url)
    with pytest.raises(OperatorError, match=words):
        github(repository)


def test_a_list_names_the_open_ones() -> None:
    """All others are closed."""
    assert told("3, 9").states([3, 7]) == {3: Pull.OPEN, 7: Pull.CLOSED}
    assert told("none").states([7]) == {7: Pull.CLOSED}


@pytest.mark.parametrize("text", ["", " ", "3,", "all", "#3", "3 9", "-1", "0"])
def test_an_odd_list_is_refused(text: str) -> None:
    """An empty one above all: it is what a script passes whose own question failed."""
    with pytest.raises(OperatorError, match="not a list of pull requests"):
        told(text)


def test_without_a_list_nothing_is_known() -> None:
    """So that nothing of a pull request goes."""
    assert Nobody().states([7]) == {7: Pull.UNKNOWN}
