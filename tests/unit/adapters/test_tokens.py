"""Tokens count as they do for an HTTP API's JWT authorizer."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.jwt.keys import IssuerKeys
from command_api.adapters.jwt.tokens import Tokens
from command_api.domain.errors import Unavailable, Unidentified
from tests.issuer import AUDIENCE, DISCOVERY, local_issuer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.issuer import Issuer


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """An issuer of this machine."""
    with local_issuer() as one:
        yield one


@pytest.fixture
def tokens(issuer: Issuer) -> Tokens:
    """What trusts it, at a cold start."""
    return Tokens(IssuerKeys(issuer.url), ["others", AUDIENCE])


def claims(tokens: Tokens, token: str) -> Any:
    """The claims of a token, now."""
    return tokens.verified(token, now=datetime.now(UTC))


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_a_good_token_says_whose_it_is(tokens: Tokens, issuer: Issuer, algorithm: str) -> None:
    """With any of the algorithms that API Gateway takes."""
    assert claims(tokens, issuer.token(algorithm=algorithm, sub="ann"))["sub"] == "ann"
    assert claims(tokens, issuer.token(audience=[AUDIENCE, "x"], sub="bob"))["sub"] == "bob"
    assert claims(tokens, issuer.token(audience=None, client_id=AUDIENCE))


BAD: dict[str, Callable[[Issuer], str]] = {
    "none": lambda _: "",
    "no token": lambda _: "a.b.c",
    "two parts": lambda it: it.token().rpartition(".")[0],
    "no JSON": lambda it: "aGk." + it.token().partition(".")[2],
    "forged": lambda it: it.forged(),
    "unsigned": lambda it: it.unsigned(),
    "signed with the public key": lambda it: it.symmetric(),
    "altered": lambda it: it.altered(sub="root"),
    "an unknown key": lambda it: it.token(key_id="key-2"),
    "no key": lambda it: it.token(key_id=None),
    "expired": lambda it: it.token(expires_in=-1),
    "without an end": lambda it: it.token(exp=None),
    "with an end that is none": lambda it: it.token(scope="x", nbf="soon"),
    "not valid yet": lambda it: it.token(nbf=int(time.time()) + 60),
    "of the future": lambda it: it.token(iat=int(time.time()) + 60),
    "another audience": lambda it: it.token(audience="x"),
    "no audience": lambda it: it.token(audience=None),
    "another audience, but a client": lambda it: it.token(audience="x", client_id=AUDIENCE),
    "another issuer": lambda it: it.token(iss="https://evil.example"),
    "too long": lambda it: it.token(scope="x" * 9000),
    "letters of elsewhere": lambda it: it.token() + "ü",
}


@pytest.mark.parametrize("bad", BAD)
def test_a_token_that_does_not_count_is_nobodys(tokens: Tokens, issuer: Issuer, bad: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(Unidentified):
        claims(tokens, BAD[bad](issuer))


def test_keys_are_read_once(tokens: Tokens, issuer: Issuer) -> None:
    """Not for each token, and not for each unknown key."""
    before = len(issuer.site.asked)
    for _ in range(3):
        claims(tokens, issuer.token())
        with pytest.raises(Unidentified):
            claims(tokens, issuer.token(key_id="other"))

    assert len(issuer.site.asked) - before == 2


def test_keys_are_read_again(issuer: Issuer) -> None:
    """After two hours, as a key may be taken back; for an unknown one after a minute."""
    now = 0.0
    keys = IssuerKeys(issuer.url, elapsed=lambda: now)
    before = len(issuer.site.asked)
    assert keys.find("key-1")
    now = 61.0
    assert keys.find("key-1")
    assert keys.find("key-2") is None
    assert len(issuer.site.asked) - before == 4
    now = 61.0 + 7200
    assert keys.find("key-1")
    assert len(issuer.site.asked) - before == 6


def test_an_issuer_that_is_away_judges_nobody(issuer: Issuer) -> None:
    """It is no fault of the token's."""
    page = issuer.site.pages.pop(DISCOVERY)
    try:
        with pytest.raises(Unavailable):
            claims(Tokens(IssuerKeys(issuer.url), [AUDIENCE]), issuer.token())
    finally:
        issuer.site.pages[DISCOVERY] = page


def test_keys_come_by_the_issuers_own_scheme() -> None:
    """A document cannot point to a file, nor from https to http."""
    with pytest.raises(Unavailable):
        IssuerKeys("file:///etc").find("x")
