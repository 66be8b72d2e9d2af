"""JWT authorizers of HTTP APIs: which tokens pass, and what is said to the others."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.client import send
from tests.http_api import authorizer, function_route
from tests.issuer import bearer, local_issuer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aws import Api, Aws
    from tests.client import Answer
    from tests.issuer import Issuer

READ = "jobs:read"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """An issuer that the API trusts."""
    with local_issuer() as one:
        yield one


@pytest.fixture(scope="module")
def api(aws: Aws, issuer: Issuer) -> Api:
    """`GET /jobs/{id}` for any token of the issuer, `GET /scoped` for two scopes of it."""
    http_api = aws.api(aws.queue())
    known = authorizer(aws, http_api, issuer.url, "commands", "reports")
    function_route(aws, http_api, "GET /jobs/{id}", AuthorizationType="JWT", AuthorizerId=known)
    function_route(
        aws,
        http_api,
        "GET /scoped",
        AuthorizationType="JWT",
        AuthorizerId=known,
        AuthorizationScopes=["jobs:admin", READ],
    )
    return http_api


def get(api: Api, token: str, path: str = "/jobs/7") -> Answer:
    """Ask with a token."""
    return send("GET", api.endpoint + path, headers=bearer(token))


def event(answer: Answer) -> dict[str, Any]:
    """The event that the function got."""
    assert answer.status == 200, answer.text
    got: dict[str, Any] = json.loads(answer.text)
    return got


def test_a_function_gets_the_claims_as_text(api: Api, issuer: Issuer) -> None:
    """Numbers, booleans and lists are text, null is no claim, and `scopes` is null without any."""
    now = int(time.time())
    others: dict[str, Any] = {"groups": ["a", "b"], "level": 7, "staff": True, "map": {"x": 1}}
    token = issuer.token(sub="ann", scope=READ, iat=now, exp=now + 60, **others)

    got = event(get(api, token))

    assert got["requestContext"]["authorizer"] == {
        "jwt": {
            "claims": {
                "iss": issuer.url,
                "sub": "ann",
                "aud": "commands",
                "scope": READ,
                "iat": str(now),
                "exp": str(now + 60),
                "groups": "[a b]",
                "level": "7",
                "staff": "true",
                "map": '{"x":1}',
            },
            "scopes": None,
        }
    }


@pytest.mark.parametrize("claim", ["scope", "scp"])
@pytest.mark.parametrize("value", [f"other {READ}", ["other", READ]])
def test_one_of_the_routes_scopes_is_enough(
    api: Api, issuer: Issuer, claim: str, value: Any
) -> None:
    """As text or as a list, in either claim; the function learns which of them counted."""
    token = issuer.token(**{claim: value})

    got = event(get(api, token, "/scoped"))

    assert got["requestContext"]["authorizer"]["jwt"]["scopes"] == [READ]


@pytest.mark.parametrize("scope", [None, "other", "jobs", "jobs:read2"])
def test_a_token_without_any_of_the_scopes_is_forbidden(
    api: Api, issuer: Issuer, scope: str | None
) -> None:
    """403, for the token itself is good."""
    answer = get(api, issuer.token(scope=scope), "/scoped")

    assert answer.status == 403
    assert json.loads(answer.text) == {"message": "Forbidden"}
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_the_algorithms_of_rsa_are_known(api: Api, issuer: Issuer, algorithm: str) -> None:
    """AWS: only RSA-based algorithms."""
    assert get(api, issuer.token(algorithm=algorithm)).status == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"audience": ["other", "reports"]},
        {"audience": None, "client_id": "reports"},
        {"audience": "commands", "client_id": "other"},
        {"nbf": 1},
    ],
)
def test_an_audience_or_without_one_a_client_id_matches(
    api: Api, issuer: Issuer, claims: dict[str, Any]
) -> None:
    """One of several audiences is enough, and `client_id` counts only where there is no `aud`."""
    assert get(api, issuer.token(**claims)).status == 200


def test_the_bearer_prefix_may_be_left_out(api: Api, issuer: Issuer) -> None:
    """AWS: "only the token, or the token prefixed with Bearer"."""
    url = api.endpoint + "/jobs/7"

    assert send("GET", url, headers={"authorization": issuer.token()}).status == 200
    lower = send("GET", url, headers={"authorization": f"bearer {issuer.token()}"})
    assert lower.status == 401


def test_without_a_token_nobody_passes(api: Api) -> None:
    """401, and a challenge that names no error."""
    for headers in ({}, {"authorization": ""}, {"x-token": "Bearer x"}):
        answer = send("GET", api.endpoint + "/jobs/7", headers=headers)
        assert answer.status == 401
        assert json.loads(answer.text) == {"message": "Unauthorized"}
        assert answer.headers["www-authenticate"] == "Bearer"


HOUR = 3600
METHOD = "signing method is invalid"
NO_KEY = "unable to find a key for the token's kid"
SIGNATURE = "crypto/rsa: verification error"
EARLY = "the token is not valid yet"
ISSUER = "the token does not have a valid issuer"
AUDIENCE = "the token does not have a valid audience"
BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "signed by somebody else": ("forged", {}, SIGNATURE),
    "changed after it was signed": ("altered", {"sub": "bob"}, SIGNATURE),
    "not signed": ("unsigned", {}, METHOD),
    "signed with the public key as a secret": ("symmetric", {}, METHOD),
    "signed with PSS": ("token", {"algorithm": "PS256"}, METHOD),
    "signed with an unknown key": ("token", {"key_id": "key-2"}, NO_KEY),
    "without a key id": ("token", {"key_id": None}, NO_KEY),
    "expired": ("token", {"expires_in": -1}, "the token has expired"),
    "without an expiry": ("token", {"exp": None}, "the token does not have an expiry"),
    "not valid yet": ("token", {"nbf": time.time() + HOUR}, EARLY),
    "from the future": ("token", {"iat": time.time() + HOUR}, EARLY),
    "of another issuer": ("token", {"iss": "https://elsewhere.example"}, ISSUER),
    "without an issuer": ("token", {"iss": None}, ISSUER),
    "for another audience": ("token", {"audience": "other"}, AUDIENCE),
    "for another, by our client": ("token", {"audience": "x", "client_id": "commands"}, AUDIENCE),
    "for nobody": ("token", {"audience": None}, AUDIENCE),
    "for an empty list": ("token", {"audience": []}, AUDIENCE),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(api: Api, issuer: Issuer, name: str) -> None:
    """401 with a challenge that says what is wrong."""
    make, claims, problem = BAD[name]

    answer = get(api, getattr(issuer, make)(**claims))

    assert answer.status == 401
    assert json.loads(answer.text) == {"message": "Unauthorized"}
    assert answer.headers["www-authenticate"] == (
        f'Bearer scope="" error="invalid_token" error_description="{problem}"'
    )


def test_what_is_no_token_is_refused(api: Api) -> None:
    """Whatever stands there."""
    for nonsense in ("", "x", "a.b", "a.b.c", "a.b.c.d", "Bearer a.b.c", "e30.e30."):
        assert get(api, nonsense).status == 401
