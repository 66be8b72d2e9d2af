"""Terraform's JWT authorizer and IAM routes on the local stack, from apply to an empty plan."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_terraform import terraform

from scripts.build.terraform.runner import Terraform
from tests.issuer import bearer, local_issuer
from tests.local.client import send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_terraform.tf import TerraformTestApi

    from scripts.stack.stack import LocalStack
    from tests.issuer import Issuer
    from tests.local.client import Answer

# Answers with the event that it got.
ECHO = (
    "import json\n\n\ndef handler(event, context):\n"
    "    return {'statusCode': 200, 'body': json.dumps(event)}\n"
)


@pytest.fixture(scope="session", autouse=True)
def issuer(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """The issuer that the authorizer trusts, and what the root wants to know."""
    assert stack.running()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", ECHO)
    package = tmp_path_factory.mktemp("jwt") / "function.zip"
    package.write_bytes(content.getvalue())
    with local_issuer() as one:
        os.environ |= {"TF_VAR_issuer": one.url, "TF_VAR_package": str(package)}
        yield one


def get(applied: TerraformTestApi, path: str, headers: dict[str, str] | None = None) -> Answer:
    """Ask the API."""
    return send("GET", applied.outputs["endpoint"]["value"] + path, headers=headers)


@terraform("jwt", scope="session")
def test_a_second_plan_is_empty(jwt: TerraformTestApi) -> None:
    """Authorizer, routes and scopes read back as they were written."""
    folder = Path(jwt.terraform.module_dir)
    environ = dict(os.environ) | {"TF_DATA_DIR": jwt.work_dir}
    changes: list[str] = []

    empty = Terraform(folder, environ).plan_is_empty(
        f"-state={jwt.terraform.state_path}", on_event=lambda event: changes.append(event.message)
    )

    assert empty, changes


@terraform("jwt", scope="session")
def test_tokens_are_judged_by_route(jwt: TerraformTestApi, issuer: Issuer) -> None:
    """A route without scopes takes any good token, a route with scopes one that has one."""
    reader, other = issuer.token(scope="jobs:read"), issuer.token(scope="jobs:write")

    assert get(jwt, "/any", bearer(other)).status == 200
    assert get(jwt, "/scoped", bearer(reader)).status == 200
    assert get(jwt, "/scoped", bearer(other)).status == 403
    assert get(jwt, "/any").status == 401
    for bad in (issuer.forged(), issuer.unsigned(), issuer.symmetric(), issuer.token(audience="x")):
        assert get(jwt, "/any", bearer(bad)).status == 401
        assert get(jwt, "/scoped", bearer(bad)).status == 401


@terraform("jwt", scope="session")
def test_other_routes_take_no_tokens(jwt: TerraformTestApi, issuer: Issuer) -> None:
    """IAM wants a signature; an open route ignores what it is given."""
    mine = bearer(issuer.token())

    assert get(jwt, "/iam", mine).status == 403
    answer = get(jwt, "/open", mine)
    assert answer.status == 200
    assert "authorizer" not in json.loads(answer.text)["requestContext"]
