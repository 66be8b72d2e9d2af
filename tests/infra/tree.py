"""A copy of the Terraform code to run in, so that no test writes into the repository."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from scripts.build.package import build
from scripts.build.package.manifest import MANIFEST
from scripts.build.terraform.runner import Terraform
from tests.provider import served

ROOT = Path(__file__).resolve().parents[2]
# Mocks cannot see ephemeral blocks; the integration tests run such a module instead.
WITHOUT_MOCKS = {
    path.parent.name
    for path in ROOT.glob("modules/*/main.tf")
    if "\nephemeral " in path.read_text()
}
PROVIDER_LEFTOVERS = shutil.ignore_patterns(".terraform", "*.tfstate*", "backend.tf", "__pycache__")

# What would reach a plan from the developer's own shell.
FOREIGN = ("AWS_", "TF_VAR_", "TF_LOG", "TF_DATA_DIR")


def copy_tree(target: Path) -> Path:
    """Copy modules, environments and mocks below target, with a stand-in for the Lambda zip.

    Beside that lies the manifest of the real one.
    """
    for folder in ("modules", "environments", "tests/mocks"):
        shutil.copytree(ROOT / folder, target / folder, ignore=PROVIDER_LEFTOVERS)
    package = target / "build" / "lambda.zip"
    package.parent.mkdir()
    package.write_bytes(b"mocked runs only take its hash")
    package.with_name(MANIFEST).write_bytes(_manifest())
    return target


@cache
def _manifest() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return build(Path(folder, "lambda.zip")).with_name(MANIFEST).read_bytes()


def terraform_in(folder: Path) -> Terraform:
    """Return an initialised Terraform with nothing of the developer's own AWS set-up."""
    environ = _environ() | _provider()
    if not (folder / ".terraform").exists():
        Terraform(folder, environ).init("-backend=false")
    return Terraform(folder, environ)


@cache
def _provider() -> dict[str, str]:
    """What points Terraform at a provider that this process starts once, for its schema."""
    running = contextlib.ExitStack()
    atexit.register(running.close)
    folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
    shutil.copy(ROOT / "modules/queue/versions.tf", folder)
    terraform = Terraform(folder, _environ())
    terraform.init("-backend=false")
    return running.enter_context(served(terraform))


def _environ() -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {
        **environ,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "us-east-1",
    }


def planned(root: Path, test: str) -> list[list[dict[str, Any]]]:
    """All resources that each run of a test file plans, with values that mocks know beforehand.

    The file says `override_during = plan`: then a plan has all values that an apply would have, at
    half its price.
    """
    output = terraform_in(root).run("test", "-json", "-verbose", f"-filter=tests/{test}")
    messages = [json.loads(line) for line in output.stdout.splitlines()]
    return [
        [{**change, "values": change["change"]["after"]} for change in plan["resource_changes"]]
        for plan in (it["test_plan"] for it in messages if "test_plan" in it)
    ]
