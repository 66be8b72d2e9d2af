"""The Python client as a wheel: it works where nothing else of the repository is."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from command_api.domain.model import Status
from scripts.build.clients.build import SOURCE, wheel

if TYPE_CHECKING:
    from pathlib import Path

# One worker builds what these tests share.
pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what is in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    with ZipFile(wheel(folder)) as files:
        files.extractall(folder / "site")
    return folder / "site"


def isolated(folder: Path, code: str) -> str:
    """What a Python prints that has the standard library and this folder."""
    program = f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_needs_the_standard_library_only(installed: Path) -> None:
    """Of botocore the producer's way into the queue has need, and nothing else has."""
    code = """
import command_client
from command_client import submit, wait, watch, types
command_client.Producer("https://sqs.eu-central-1.amazonaws.com/1/q")
print(sorted(name for name in ("botocore", "boto3", "urllib3") if name in sys.modules))
print(all(hasattr(command_client, name) for name in command_client.__all__))
"""
    assert isolated(installed, code) == "[]\nTrue\n"


def test_all_that_its_files_import_is_inside(installed: Path) -> None:
    """Also what is imported inside of a function only, and no more of the framework than that."""
    files = {
        ".".join(path.relative_to(installed).with_suffix("").parts).removesuffix(".__init__"): path
        for path in installed.rglob("*.py")
    }
    imports = [
        node
        for path in files.values()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
        if node.module.split(".")[0] in ("command_api", "command_client")
    ]
    wanted = {str(node.module) for node in imports}
    named = wanted | {f"{node.module}.{one.name}" for node in imports for one in node.names}
    assert wanted <= {*files}
    named |= {one.rpartition(".")[0] for one in named}
    assert {name for name in files if ".adapters" in name} <= named


def test_its_types_are_for_others_too(installed: Path) -> None:
    """https://peps.python.org/pep-0561/"""
    assert (installed / "command_client/py.typed").is_file()
    assert (installed / "command_api/py.typed").is_file()


def test_both_clients_have_one_version() -> None:
    """They are built from one document."""
    python = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]["version"]
    about = json.loads((SOURCE / "typescript_client/package.json").read_text())
    assert about["version"] == python


def test_the_typescript_client_knows_which_statuses_are_the_end() -> None:
    """As it is written and as it is built."""
    for name in ("src/answers.ts", "dist/answers.js"):
        text = (SOURCE / "typescript_client" / name).read_text()
        [ends] = re.findall(r"ENDED = new Set\((\[.*?\])\)", text)
        assert set(re.findall(r"\w+", ends)) == {status for status in Status if status.terminal}
