"""Which AWS providers the code is for: one range, one locked version, nothing that 6.x removes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.build.docs.configuration import blocks, parsed
from tests.infra.tree import ROOT, terraform_in

if TYPE_CHECKING:
    from pathlib import Path

RANGE, TESTED = ">= 5.100, < 7.0", "5.100.0"
# Whatever needs a provider.
KINDS = ("provider", "resource", "data", "ephemeral")
FOLDERS = sorted(
    path.parent for kind in ("modules", "environments") for path in ROOT.glob(f"{kind}/*/main.tf")
)
ENVIRONMENTS = [folder for folder in FOLDERS if folder.parent.name == "environments"]
# What 6.x keeps and means otherwise, of the provider's "Version 6 Upgrade Guide"; the schema that
# test_provider_schema.py asks tells what it removes.
MEANS_SOMETHING_ELSE = re.compile(
    r"aws_s3_bucket\.\w+(\[[^\]]+\])?\.region\b|\bs3_us_east_1_regional_endpoint\b"
)
LARGE = """
mock_provider "aws" {
  source = "../../tests/mocks"
}

run "large" {
  command = plan

  variables {
    name             = "acme-dev-work-queue"
    dlq_name         = "acme-dev-work-dlq"
    max_message_size = 1048576
  }
}
"""
# What the lock file of a root with a newer provider begins with.
LOCKED = """
# provider "registry.terraform.io/hashicorp/aws" {
#   version = "6.66.0"
# }
"""


def name(folder: Path) -> str:
    """Name a case after its folder."""
    return folder.name


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_every_folder_takes_the_same_providers(folder: Path) -> None:
    """One range for all, or an environment could compose what has no version in common."""
    [settings] = parsed(folder / "versions.tf")["terraform"]
    providers = [
        (key, {part.strip('"'): str(value).strip('"') for part, value in one.items()})
        for named in settings.get("required_providers", [])
        for key, one in named.items()
        if isinstance(one, dict)
    ]
    needed = needs_provider(folder)

    assert providers == [("aws", {"source": "hashicorp/aws", "version": RANGE})] * needed
    assert str(settings["required_version"]).strip('"') == ">= 1.11"


def needs_provider(folder: Path) -> bool:
    """Whether it, or a module that it is composed of, makes anything: its mocked tests need one."""
    return any(True for kind in KINDS for _ in blocks(folder, kind)) or any(
        needs_provider((folder / str(body["source"]).strip('"')).resolve())
        for _, body in blocks(folder, "module")
    )


def test_environments_lock_the_version_that_is_tested() -> None:
    """With hashes for every platform: what is installed is what was tested, wherever it is."""
    locks = {folder: (folder / ".terraform.lock.hcl").read_text() for folder in ENVIRONMENTS}

    assert len(set(locks.values())) == 1, "the same file in every environment"
    text = next(iter(locks.values()))
    assert f'version     = "{TESTED}"' in text
    assert 'constraints = ">= 5.100.0, < 7.0.0"' in text
    assert text.count('"zh:') >= 10
    assert text.count('"h1:') >= 5


def test_nothing_is_used_that_means_something_else_in_version_6() -> None:
    """A plan under 5.x would not tell."""
    paths = [path for folder in FOLDERS for path in folder.glob("*.tf")]

    assert [it for it in paths if MEANS_SOMETHING_ELSE.search(it.read_text())] == []


def test_what_is_looked_for_is_found() -> None:
    """The search itself knows what it is after."""
    assert MEANS_SOMETHING_ELSE.search("region = aws_s3_bucket.results[0].region")


@pytest.mark.parametrize(
    ("locked", "said"),
    [
        ("", "AWS provider 5.x sets no max_message_size above 262144"),
        # Provider 6.x cannot run here: 5.x itself refuses what the module hands on.
        (LOCKED, "expected max_message_size to be in the range"),
    ],
    ids=["5.x", "6.x"],
)
def test_large_messages_are_the_newer_providers(own_tree: Path, locked: str, said: str) -> None:
    """Module `queue` refuses them where 5.x is locked, and hands them on where 6.x is."""
    folder = own_tree / "modules/queue"
    (folder / "tests/large.tftest.hcl").write_text(LARGE)
    terraform = terraform_in(folder)
    lock = ROOT / "environments/dev/.terraform.lock.hcl"
    (folder / lock.name).write_text(locked + lock.read_text())

    result = terraform.run("test", "-no-color", "-filter=tests/large.tftest.hcl", check=False)

    assert said in result.stdout + result.stderr
