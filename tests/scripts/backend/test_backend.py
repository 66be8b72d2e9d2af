"""Where an environment's state goes: from bootstrap's outputs or a named bucket."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.runner import Terraform
from scripts.settings import ENVIRONMENTS
from tests.scripts.backend.conftest import OUTPUTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.backend.conftest import Tool

WRITTEN = """# Written by: make backend ENV=dev
terraform {
  backend "s3" {
    bucket       = "tfstate-acme-jobs-0a1b"
    key          = "acme-jobs/dev/terraform.tfstate" # one key per project and environment
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}
"""


def test_bootstrap_says_everything(tool: Tool) -> None:
    """Bucket and region are bootstrap's, the key is project and environment."""
    code, said = tool("dev")

    assert code == 0
    assert tool.backend.read_text() == WRITTEN
    assert "next: terraform -chdir=environments/dev init -migrate-state" in said


def test_previews_pass_their_key_to_init(tool: Tool) -> None:
    """There is a state for each pull request: the file holds no key, and the next step says it."""
    preview = tool.environments / "preview"
    preview.mkdir()
    shutil.copy(ENVIRONMENTS / "preview/backend.tf.example", preview)
    (preview / "terraform.tfvars").write_text('project = "acme-jobs"\n')

    code, said = tool("preview")

    assert code == 0
    written = (preview / "backend.tf").read_text()
    assert 'bucket       = "tfstate-acme-jobs-0a1b"' in written
    assert "key" not in written
    init = 'init -reconfigure -backend-config="key=acme-jobs/preview/pr-7.tfstate"'
    assert f"next: terraform -chdir=environments/preview {init}" in said


def test_a_bucket_that_cannot_exist_is_refused(tool: Tool) -> None:
    """Nothing is written, and the line has an example."""
    code, said = tool("dev", "--bucket", "Bad Bucket")

    assert code == 1
    assert "'Bad Bucket' is not a bucket name" in said
    assert not tool.backend.exists()


def test_writing_it_again_changes_nothing(tool: Tool) -> None:
    """The same answer twice is no conflict."""
    tool("dev")

    assert tool("dev")[0] == 0
    assert tool.backend.read_text() == WRITTEN


def test_another_backend_is_not_overwritten(tool: Tool) -> None:
    """A state may be there: only --force forgets where."""
    tool.backend.write_text("# mine\n")

    code, said = tool("dev")
    assert code == 1
    assert "environments/dev/backend.tf already exists with different content" in said
    assert "--force" in said
    assert tool.backend.read_text() == "# mine\n"

    assert tool("dev", "--force")[0] == 0
    assert tool.backend.read_text() == WRITTEN


def test_a_named_bucket_needs_no_bootstrap(tool: Tool) -> None:
    """The project is the environment's own, and so is the region unless it is named."""
    shutil.rmtree(tool.environments / "bootstrap")

    tool("dev", "--bucket", "ours")
    text = tool.backend.read_text()
    assert 'bucket       = "ours"' in text
    assert 'region       = "us-east-1"' in text
    assert 'key          = "acme-jobs/dev/terraform.tfstate"' in text

    tool("dev", "--bucket", "ours", "--region", "eu-central-1", "--force")
    assert 'region       = "eu-central-1"' in tool.backend.read_text()


def test_a_lock_table_is_used_beside_the_lock_file(tool: Tool) -> None:
    """Old and new Terraform keep each other out; the text is as fmt would write it."""
    tool.bootstrap(**{**OUTPUTS, "state_lock_table": "tfstate-acme-jobs-lock"})

    tool("dev")

    assert '    dynamodb_table = "tfstate-acme-jobs-lock"\n' in tool.backend.read_text()
    Terraform(tool.environments / "dev").run("fmt", "-check", "backend.tf")


def test_bootstrap_keeps_its_own_key(tool: Tool) -> None:
    """It lies beside the projects' states, out of the reach of their roles."""
    assert tool("bootstrap")[0] == 0

    text = (tool.environments / "bootstrap/backend.tf").read_text()
    assert 'key          = "bootstrap.tfstate"' in text
    assert 'bucket       = "tfstate-acme-jobs-0a1b"' in text


def no_outputs(tool: Tool) -> None:
    (tool.environments / "bootstrap/terraform.tfstate").unlink()


def no_bootstrap(tool: Tool) -> None:
    shutil.rmtree(tool.environments / "bootstrap")


def another_project(tool: Tool) -> None:
    tool.bootstrap(**{**OUTPUTS, "project": "acme-shop"})


def no_example(tool: Tool) -> None:
    (tool.environments / "dev/backend.tf.example").unlink()


def no_key(tool: Tool) -> None:
    (tool.environments / "dev/backend.tf.example").write_text('  bucket = "x"\n  region = "y"\n')


def broken_state(tool: Tool) -> None:
    (tool.environments / "bootstrap/terraform.tfstate").write_text("{")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (no_outputs, "environments/bootstrap is not applied; run: terraform -chdir="),
        (no_bootstrap, "environments/bootstrap does not exist; pass the bucket with --bucket"),
        (another_project, "whose roles cannot access its state"),
        (no_example, "environments/dev/backend.tf.example is missing"),
        (no_key, "does not set key ="),
        (broken_state, "to skip it, pass --bucket NAME"),
    ],
)
def test_what_is_missing_is_one_line(tool: Tool, harm: Callable[[Tool], None], words: str) -> None:
    """The line says what to run or to pass, and nothing is written."""
    harm(tool)

    code, said = tool("dev")

    assert code == 1
    assert words in said
    assert not tool.backend.exists()


def test_a_named_bucket_still_needs_a_project(tool: Tool) -> None:
    """Without one the state would have no key."""
    (tool.environments / "dev/terraform.tfvars").unlink()

    assert "does not set project" in tool("dev", "--bucket", "ours")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["qa"], "environments/qa does not exist; environments: bootstrap, dev"),
        (["dev", "--region", "eu-west-1"], "--region requires --bucket NAME"),
    ],
)
def test_wrong_usage_is_one_line(tool: Tool, arguments: list[str], words: str) -> None:
    """An environment that is not there, or an option without its companion."""
    code, said = tool(*arguments)

    assert code
    assert words in said
