"""An environment for a while: it is destroyed whatever happens, and what is left is named."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from scripts.errors import OperatorError
from scripts.settings import read_settings
from scripts.target import temporary
from scripts.target.temporary import Temporary, new_name
from tests.targets import target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

KEY = "arn:aws:kms:us-east-1:000000000000:key/1"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:acme-prove-1-work-queue"


class Terraform:
    """Terraform that notes what it is asked for, and fails at what `fails` names."""

    asked: list[str]
    fails: set[str]

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.directory, self.environ = directory, environ

    def __getattr__(self, verb: str) -> Callable[..., None]:
        """Any verb without an answer."""

        def run(*_: object) -> None:
            self.asked.append(verb)
            if verb in self.fails:
                raise OperatorError(f"terraform {verb} failed")

        return run

    def output(self) -> dict[str, str]:
        """The outputs of an apply."""
        return {"api_endpoint": "https://api.example.com"}


class Account:
    """What the tagging API, IAM and KMS say."""

    tagged: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    pages: tuple[dict[str, Any], ...] = ()

    def get_paginator(self, listing: str) -> Account:
        """The listing, in one page."""
        page = {
            "get_resources": {
                "ResourceTagMappingList": [{"ResourceARN": arn} for arn in self.tagged]
            },
            "list_roles": {"Roles": [{"RoleName": one, "Arn": one} for one in self.roles]},
        }[listing]
        found = Account()
        found.pages = (page,)
        return found

    def paginate(self, **_: object) -> tuple[dict[str, Any], ...]:
        """All pages."""
        return self.pages

    def describe_key(self, **_: object) -> Any:
        """A key that waits for its deletion."""
        return {"KeyMetadata": {"KeyState": "PendingDeletion"}}


@pytest.fixture
def account() -> Account:
    """An account where nothing is left."""
    return Account()


@pytest.fixture
def one(tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch) -> Temporary:
    """A temporary copy of dev, without Terraform and AWS."""
    Terraform.asked, Terraform.fails = [], set()
    monkeypatch.setattr(temporary, "Terraform", Terraform)
    monkeypatch.setattr(temporary, "build", lambda _: None)
    base = target({}, lambda _: account, local=True)
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    return Temporary(base, "prove-1", environ, tmp_path)


def applied(one: Temporary, work: Callable[[], object] = lambda: None) -> None:
    """Apply it, do some work, and destroy it."""
    with one.applied(Console(quiet=True)) as created:
        assert created.outputs == {"api_endpoint": "https://api.example.com"}
        assert created.settings.environment == "prove-1"
        work()


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ("dev", r"prove-[0-9a-f]{6}-dev"),
        ("eu-dev", r"prove-[0-9a-f]{6}-dev"),
        ("prod", r"prove-[0-9a-f]{6}"),
        (None, r"prove-[0-9a-f]{6}"),
    ],
)
def test_a_copy_of_development_is_development(environment: str | None, name: str) -> None:
    """A copy has the values of its environment, so a plan must grant it the same."""
    settings = replace(read_settings("dev"), environment=environment)

    made = new_name(settings)

    assert re.fullmatch(name, made)
    # What module naming takes.
    assert len(made) <= 16


def test_it_is_a_copy_under_its_own_name(one: Temporary, tmp_path: Path) -> None:
    """With the values of terraform.tfvars, but nobody is notified; afterwards it is gone."""
    folder = tmp_path / "prove-1" / "environments" / "dev"
    seen: dict[str, Any] = {}

    def look() -> None:
        seen.update(json.loads((folder / "temporary.auto.tfvars.json").read_text()))
        assert (folder / "terraform.tfvars").exists()
        assert (folder / "../../modules/api/main.tf").exists()

    applied(one, look)

    assert (seen["environment"], seen["other_environments"]) == ("prove-1", ["prove-1"])
    assert (seen["monitoring"], seen["aws_profile"]) == ({}, None)
    assert Terraform.asked == ["init", "apply", "destroy"]
    assert not (tmp_path / "prove-1").exists()


def test_an_error_destroys_it(one: Temporary, tmp_path: Path) -> None:
    """One of the work, or of the apply, which may have created a part."""

    def fail() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        applied(one, fail)
    Terraform.fails = {"apply"}
    with pytest.raises(OperatorError, match="terraform apply failed"):
        applied(one)

    assert Terraform.asked == ["init", "apply", "destroy", "init", "apply", "destroy"]
    assert not (tmp_path / "prove-1").exists()


def test_a_failed_destroy_can_be_continued(one: Temporary, tmp_path: Path) -> None:
    """The state stays, and the error has the command."""
    Terraform.fails = {"destroy"}
    folder = tmp_path / "prove-1" / "environments" / "dev"

    with pytest.raises(OperatorError, match=f"run: terraform -chdir={folder} destroy$"):
        applied(one)

    assert folder.is_dir()


def test_what_is_left_is_named(
    one: Temporary, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By tags and by the names of roles; a key waits for its deletion in any case."""
    monkeypatch.setattr(temporary, "_AUDIT_SECONDS", {True: 0.0})
    account.tagged, account.roles = (KEY,), ("acme-dev-worker",)
    assert one.left() == []
    account.tagged, account.roles = (KEY, QUEUE), ("acme-prove-1-worker",)
    assert one.left() == [QUEUE, "acme-prove-1-worker"]
