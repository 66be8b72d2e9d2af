"""The zip that ships: its bytes, its size, and whether it runs where only boto3 is installed."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.build.package import build
from scripts.build.package.__main__ import main
from scripts.build.package.build import largest
from tests.builders import FUNCTION_ENVIRONMENT

if TYPE_CHECKING:
    from tests.scripts.package.conftest import Project

# One worker makes what these tests share.
pytestmark = pytest.mark.xdist_group("zip")

REPOSITORY = Path(__file__).resolve().parents[3]
SOURCE = REPOSITORY / "src"
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for package in ("command_api", "handlers")
    for path in (SOURCE / package).rglob("*.py")
)
ENTRYPOINTS = [module for module in MODULES if module.startswith("command_api.entrypoints.")]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real zip."""
    return build(tmp_path_factory.mktemp("package") / "lambda.zip")


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip's files in a folder, which is what Lambda starts from."""
    directory = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(directory)
    return directory


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of AWS's Python runtime: boto3 and what it requires, and nothing else."""
    directory = tmp_path_factory.mktemp("runtime")
    waiting, done = ["boto3"], set()
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        distribution = metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}:
            link = directory / top
            if not link.exists():
                link.symlink_to(Path(str(distribution.locate_file(top))))
        required = [line for line in distribution.requires or () if "extra ==" not in line]
        waiting.extend(re.split(r"[^\w.-]", line)[0] for line in required)
    return directory


def run_isolated(code: str, *path: Path) -> subprocess.CompletedProcess[str]:
    """Run code that sees the standard library and these places only."""
    prepared = f"import sys; sys.path[:0] = {[str(place) for place in path]!r}\n{code}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error::ImportWarning", "-c", prepared],
        env=FUNCTION_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_isolation_would_notice_a_forgotten_dependency(runtime: Path) -> None:
    """Without the zip its libraries are not there: the tests below mean something."""
    assert run_isolated("import boto3", runtime).returncode == 0
    assert "No module named" in run_isolated("import aws_lambda_powertools", runtime).stderr
    assert "No module named" in run_isolated("import pytest", runtime).stderr


def test_every_entrypoint_imports_from_the_zip(unpacked: Path, runtime: Path) -> None:
    """A function starts with what is in the zip and in AWS's runtime, each in its own process."""
    code = f"""
import boto3, importlib, os
for name in {ENTRYPOINTS!r}:
    if os.fork() == 0:
        assert {str(unpacked)!r} in importlib.import_module(name).__file__
        break
    if os.wait()[1]:
        sys.exit(f"{{name}} does not start")
"""
    result = run_isolated(code, unpacked, runtime)
    assert result.returncode == 0, result.stderr


def test_every_module_of_ours_imports_from_the_zip(unpacked: Path, runtime: Path) -> None:
    """A module that nothing imports at start finds its libraries too."""
    result = run_isolated(f"import {', '.join(MODULES)}", unpacked, runtime)
    assert result.returncode == 0, result.stderr


def test_there_is_something_to_test() -> None:
    """The worker and the status function are among the entrypoints."""
    assert {"command_api.entrypoints.worker", "command_api.entrypoints.status"} <= {*ENTRYPOINTS}


def test_nothing_that_does_not_belong_is_inside(package: Path) -> None:
    """No bytecode, no tests, nothing compiled, nothing secret, and no boto3."""
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
    endings = (".pyc", ".so", ".pyd", ".pem", ".key", ".env", ".tfvars", ".tfstate")
    assert [name for name in names if name.endswith(endings)] == []
    assert [name for name in names if {"tests", "test", ".git"} & {*name.split("/")}] == []
    assert [name for name in names if name.startswith(("boto3", "botocore"))] == []
    assert names == sorted(names)


def test_it_stays_small(package: Path) -> None:
    """Pure Python with Powertools is about 1.1 MB; your own packages come on top."""
    assert package.stat().st_size <= largest()


def test_the_same_bytes_under_other_circumstances(package: Path, tmp_path: Path) -> None:
    """Umask, time zone, directory, locale and hash seed of the builder leave no trace."""
    expected = hashlib.sha256(package.read_bytes()).hexdigest()
    for number, (umask, zone, seed) in enumerate(
        [(0o077, "Pacific/Kiritimati", "1"), (0o000, "America/Adak", "4242")]
    ):
        output = tmp_path / f"{number}.zip"
        work = tmp_path / f"work{number}"
        work.mkdir()
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(REPOSITORY),
            "TZ": zone,
            "LC_ALL": "C",
        }
        result = subprocess.run(
            [sys.executable, "-m", "scripts.build.package", "--output", output],
            cwd=work,
            env=environ,
            umask=umask,
            capture_output=True,
            text=True,
            check=True,
        )
        assert hashlib.sha256(output.read_bytes()).hexdigest() == expected
        assert f"sha256 {expected}" in result.stdout


def test_the_tool_says_what_it_made(
    package: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Path, size and SHA-256, the same as of the build before."""
    monkeypatch.chdir(tmp_path)
    assert main(["--output", "out/lambda.zip"]) == 0
    content = package.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    said = capsys.readouterr().out
    assert said == f"out/lambda.zip  {len(content)} bytes\nsha256 {digest}\n"
    assert (tmp_path / "out/lambda.zip").read_bytes() == content


def test_a_place_that_cannot_be_written_is_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file where a directory should be is named."""
    small = partial(build, source=project.source, search_path=[str(project.site)])
    monkeypatch.setattr("scripts.build.package.__main__.build", small)
    project.output.parent.touch()
    assert main(["--output", str(project.output)]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
