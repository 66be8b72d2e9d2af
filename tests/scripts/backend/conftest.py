"""Environments of a test's own, and the command on them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scripts.build.backend.__main__ import main
from scripts.settings import ENVIRONMENTS

if TYPE_CHECKING:
    from pathlib import Path

OUTPUTS = {
    "project": "acme-jobs",
    "state_bucket": "tfstate-acme-jobs-0a1b",
    "state_region": "eu-west-1",
    "state_lock_table": None,
}


@dataclass(frozen=True)
class Tool:
    """The command, on environments of its own."""

    environments: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Run it; its exit code, and all it said."""
        code = main([*arguments, "--environments", str(self.environments)])
        said = self.capsys.readouterr()
        assert code == 0 or said.err.count("\n") == 1, said.err
        return code, said.out + said.err

    @property
    def backend(self) -> Path:
        """The file that it writes for dev."""
        return self.environments / "dev/backend.tf"

    def bootstrap(self, **outputs: object) -> None:
        """Pretend that bootstrap was applied with these outputs, its state being a file."""
        state = {
            "version": 4,
            "terraform_version": "1.11.4",
            "serial": 1,
            "lineage": "l",
            "outputs": {
                name: {"value": value, "type": "string"}
                for name, value in outputs.items()
                if value is not None
            },
            "resources": [],
        }
        (self.environments / "bootstrap/terraform.tfstate").write_text(json.dumps(state))


@pytest.fixture
def tool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Tool:
    """Environments dev and bootstrap, the latter with nothing but outputs."""
    for name in ("dev", "bootstrap"):
        (tmp_path / name).mkdir()
        shutil.copy(ENVIRONMENTS / name / "backend.tf.example", tmp_path / name)
    (tmp_path / "dev/terraform.tfvars").write_text('project = "acme-jobs"\n')
    (tmp_path / "bootstrap/main.tf").write_text("")
    one = Tool(tmp_path, capsys)
    one.bootstrap(**OUTPUTS)
    return one
