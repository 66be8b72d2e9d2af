"""Whose a command is, and who gets through the APIs at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.issuer import bearer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import ApiUnderTest
    from tests.issuer import Issuer

pytestmark = [
    pytest.mark.long,
    pytest.mark.parametrize("tested", ["tokens"], indirect=True, scope="session"),
    pytest.mark.own_stack,
]
ALL = "commands:write commands:read"
INPUT = {"n": 1}

REFUSED: dict[str, tuple[int, Callable[[Issuer], str]]] = {
    "missing": (401, lambda _: ""),
    "no token at all": (401, lambda _: "x.y.z"),
    "expired": (401, lambda issuer: issuer.token(scope=ALL, expires_in=-60)),
    "for another audience": (401, lambda issuer: issuer.token(scope=ALL, audience="others")),
    "forged": (401, lambda issuer: issuer.forged(scope=ALL)),
    "without the scope": (403, lambda issuer: issuer.token(scope="profile")),
}


@pytest.mark.parametrize("token", REFUSED)
@pytest.mark.parametrize("path", ["/commands", "/echoes"])
def test_a_bad_token_is_refused(
    tested: ApiUnderTest, issuer: Issuer, token: str, path: str
) -> None:
    """Not the direct one, and not one with a function behind it."""
    status, made = REFUSED[token]
    headers = bearer(sent) if (sent := made(issuer)) else {}
    body = json.dumps({"type": "echo"} if path == "/commands" else INPUT)
    assert tested.at(path).request("POST", "", body, headers).status == status
    assert tested.api.request("GET", "/some-command", None, headers).status == status


def submitted(tested: ApiUnderTest, path: str, token: str) -> str:
    """The id of a command that was taken."""
    body = json.dumps({"type": "echo"} if path == "/commands" else INPUT)
    answer = tested.at(path).request("POST", "", body, bearer(token))
    assert answer.status == 202, answer
    return answer.headers["x-command-id"]


@pytest.mark.parametrize("path", ["/commands", "/echoes"])
def test_a_command_is_its_owners(tested: ApiUnderTest, issuer: Issuer, path: str) -> None:
    """Another's is not found, to read or to cancel; who has the admin scope sees it."""
    ann, bob = (issuer.token(sub=name, scope=ALL) for name in ("ann", "bob"))
    admin = issuer.token(sub="root", scope="commands:admin")
    mine = submitted(tested, path, ann)
    assert tested.ended(mine, **bearer(ann))["status"] == "COMPLETED"
    for method in ("GET", "DELETE"):
        answer = tested.api.request(method, f"/{mine}", None, bearer(bob))
        assert answer.status == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert tested.api.request("GET", f"/{mine}", None, bearer(admin)).status == 200
    assert tested.api.request("DELETE", f"/{mine}", None, bearer(ann)).status == 409


def test_one_owners_key_is_not_anothers(tested: ApiUnderTest, issuer: Issuer) -> None:
    """The same Idempotency-Key of two owners stands for two commands."""
    tokens = [issuer.token(sub=name, scope=ALL) for name in ("ann", "bob", "ann")]
    ids = [
        tested.at("/echoes")
        .request("POST", "", json.dumps(INPUT), {**bearer(token), "idempotency-key": '"k-1"'})
        .headers["x-command-id"]
        for token in tokens
    ]
    assert ids[0] == ids[2] != ids[1]


def test_nobody_chooses_an_id(tested: ApiUnderTest, issuer: Issuer) -> None:
    """PUT is not offered where commands have owners."""
    token = issuer.token(scope=ALL)
    answer = tested.api.request("PUT", "/mine", '{"type": "echo"}', bearer(token))
    assert answer.status == 404


def test_what_nobody_knows_cannot_be_cancelled(tested: ApiUnderTest, issuer: Issuer) -> None:
    """A cancellation in advance could hit a command of somebody else."""
    token = issuer.token(scope=ALL)
    assert tested.api.request("DELETE", "/not-there", None, bearer(token)).status == 404


def test_the_description_needs_no_token(tested: ApiUnderTest) -> None:
    """A client reads it before it has one, and it says which tokens there are."""
    answer = tested.at("/openapi.json").request("GET", "")
    assert answer.status == 200
    assert "securitySchemes" in answer.json()["components"]


def test_owners_share_the_queue_fairly(tested: ApiUnderTest, issuer: Issuer) -> None:
    """Both modes name the owner as the message group, and the queue stays a standard one."""
    for path in ("/commands", "/echoes"):
        mine = submitted(tested, path, issuer.token(sub="ann", scope=ALL))
        shown = tested.ended(mine, **bearer(issuer.token(sub="ann", scope=ALL)))
        assert shown["status"] == "COMPLETED"
