"""Environments in a folder of the test's own, and credentials that are nobody's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scripts import settings
from scripts.stack.stack import LocalStack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own: no AWS configuration, no variables, no local stack."""
    for name in [*os.environ]:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    worker = ("SECRET_PREFIX", "QUEUE_URL", "DLQ_URL", "TABLE_NAME", "TTL_ATTRIBUTE")
    for name in ("COMMANDS_ENDPOINT", *worker):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "credentials").write_text(
        "[acme]\naws_access_key_id = of-acme\naws_secret_access_key = x\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setattr(LocalStack, "current", lambda _: None)


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the only environment; nobody has run Terraform there."""
    folder = tmp_path / "environments" / "dev"
    folder.mkdir(parents=True)
    (folder / "terraform.tfvars").write_text(
        'project = "acme"\nenvironment = "dev"\naws_region = "eu-west-1"\naws_profile = "acme"\n'
    )
    (folder / "main.tf").touch()
    monkeypatch.setattr(settings, "ENVIRONMENTS", folder.parent)
    return folder
