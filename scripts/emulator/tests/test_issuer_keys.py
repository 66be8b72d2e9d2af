"""How the keys of an issuer are found, kept, and missed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from jwt.algorithms import RSAAlgorithm

from ministack_extensions.apigateway import issuer_keys
from ministack_extensions.apigateway.issuer_keys import IssuerKeys, Unreachable
from ministack_extensions.apigateway.jwt_authorizer import Denied, authorized
from ministack_extensions.http import Request
from tests.issuer import DISCOVERY, KEY_ID, Issuer, bearer, local_issuer
from tests.web import Page

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of its own for each test."""
    with local_issuer() as one:
        yield one


def find(keys: IssuerKeys, issuer: Issuer, key_id: str = KEY_ID) -> object:
    """Look a key up."""
    return asyncio.run(keys.find(issuer.url, key_id))


def test_keys_are_read_once(issuer: Issuer) -> None:
    """An unknown id is no reason to ask again: AWS may keep keys for two hours."""
    keys = IssuerKeys()

    assert find(keys, issuer)
    assert find(keys, issuer, "key-2") is None
    assert find(keys, issuer)

    assert issuer.site.asked == [DISCOVERY, "/keys"]


def test_forgotten_and_old_keys_are_read_again(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new authorizer forgets the keys of its issuer; two hours do the same."""
    keys = IssuerKeys()
    find(keys, issuer)
    keys.forget(issuer.url)
    find(keys, issuer)
    monkeypatch.setattr(issuer_keys, "KEPT_SECONDS", -1)
    find(keys, issuer)

    assert issuer.site.asked.count("/keys") == 3


BROKEN = {
    "no document": Page(status=404),
    "no JSON": Page(b"<html>"),
    "no object": Page(b"[]"),
    "another issuer": Page(json.dumps({"issuer": "https://elsewhere.example"}).encode()),
    "too large": Page(b"[" + b" " * issuer_keys.LARGEST_BYTES + b"]"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_discovery_document_leads_nowhere(issuer: Issuer, name: str) -> None:
    """Without it there are no keys."""
    issuer.site.pages[DISCOVERY] = BROKEN[name]

    with pytest.raises(Unreachable):
        find(IssuerKeys(), issuer)


@pytest.mark.parametrize("location", [None, "http://keys.example/keys", "file:///etc/passwd"])
def test_a_key_set_must_be_behind_https(issuer: Issuer, location: str | None) -> None:
    """Only this machine's own addresses may do without."""
    document = {"issuer": issuer.url, "jwks_uri": location}
    issuer.site.pages[DISCOVERY] = Page(json.dumps(document).encode())

    with pytest.raises(Unreachable):
        find(IssuerKeys(), issuer)


def denied(issuer: Issuer) -> str:
    """Why a good token of the issuer is refused."""
    configured = {
        "identitySource": ["$request.querystring.token"],
        "jwtConfiguration": {"issuer": issuer.url, "audience": ["commands"]},
    }
    request = Request("GET", "/", query=f"token={issuer.token()}")
    with pytest.raises(Denied) as caught:
        asyncio.run(authorized(configured, [], request, IssuerKeys()))
    assert caught.value.response.status == 401
    return str(caught.value)


def test_an_issuer_that_is_away_lets_nobody_in(issuer: Issuer) -> None:
    """Not an error of the gateway, but a token that cannot be checked."""
    issuer.site.pages.clear()

    assert denied(issuer) == "OIDC discovery endpoint communication error"


SHARED = {"kty": "oct", "k": "c2VjcmV0", "kid": KEY_ID}


@pytest.mark.parametrize(
    "change",
    [SHARED, {"kid": KEY_ID}, {"use": "enc"}, {"alg": "RS512"}],
)
def test_a_key_of_the_wrong_kind_verifies_nothing(issuer: Issuer, change: dict[str, str]) -> None:
    """Not a secret, not a key for something else, not a key for another algorithm."""
    [key] = json.loads(issuer.site.pages["/keys"].body)["keys"]
    changed = change if "kid" in change else key | change
    issuer.site.pages["/keys"] = Page(json.dumps({"keys": [changed]}).encode())

    assert "the token's kid" in denied(issuer)


def test_a_private_key_in_the_set_is_not_used(issuer: Issuer) -> None:
    """An issuer that publishes its private key has lost it."""
    private = {**RSAAlgorithm.to_jwk(issuer._key, as_dict=True), "kid": KEY_ID}
    issuer.site.pages["/keys"] = Page(json.dumps({"keys": [private]}).encode())

    assert "the token's kid" in denied(issuer)


def test_a_token_may_come_in_the_query(issuer: Issuer) -> None:
    """The identity source is a header or a query parameter; nothing else is looked at."""
    configured = {
        "identitySource": ["$request.querystring.token"],
        "jwtConfiguration": {"issuer": issuer.url, "audience": ["commands"]},
    }
    request = Request("GET", "/", query=f"token={issuer.token(sub='bob')}")
    caller = asyncio.run(authorized(configured, [], request, IssuerKeys()))
    assert caller.claims["sub"] == "bob"

    elsewhere = replace(request, query="", headers=tuple(bearer(issuer.token()).items()))
    with pytest.raises(Denied):
        asyncio.run(authorized(configured, [], elsewhere, IssuerKeys()))
