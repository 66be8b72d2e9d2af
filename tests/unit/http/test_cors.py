"""Which web pages may read what a function answers."""

from __future__ import annotations

from typing import Any

import pytest

from command_api.http.cors import EXPOSED, readable_by

ANSWER = {"statusCode": 200, "headers": {"etag": "x"}, "body": "{}"}
APP, OTHER = "https://app.example.com", "https://other.example.com"


def headers(origins: list[str], asking: dict[str, str] | None) -> dict[str, Any]:
    """The answer's headers for a request with these."""
    handler = readable_by(origins)(lambda _event, _context: dict(ANSWER))
    answer: Any = handler({"headers": asking}, None)  # type: ignore[arg-type]
    assert (answer["statusCode"], answer["body"]) == (200, "{}")
    return dict(answer["headers"])


def test_without_origins_an_answer_stays_as_it_is() -> None:
    """An HTTP API adds the headers itself."""
    assert headers([], {"Origin": APP}) == {"etag": "x"}


@pytest.mark.parametrize("name", ["Origin", "origin"])
def test_a_page_that_is_named_may_read(name: str) -> None:
    """It is named alone, and caches are told that others may be answered otherwise."""
    assert headers([OTHER, APP], {name: APP}) == {
        "etag": "x",
        "vary": "Origin",
        "access-control-allow-origin": APP,
        "access-control-expose-headers": EXPOSED,
    }


@pytest.mark.parametrize("asking", [{"origin": OTHER}, {"origin": "null"}, {}, None])
def test_any_other_page_may_not(asking: dict[str, str] | None) -> None:
    """Nor is it told who may."""
    assert headers([APP], asking) == {"etag": "x", "vary": "Origin"}


def test_a_star_is_for_everybody() -> None:
    """Also for requests that name no page."""
    assert headers(["*"], None)["access-control-allow-origin"] == "*"
