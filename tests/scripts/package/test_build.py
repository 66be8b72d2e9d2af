"""What goes into the zip, and what is refused."""

from __future__ import annotations

import random
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scripts.errors import OperatorError
from tests.scripts.package.wheels import Fake

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.scripts.package.conftest import Project


def refusal(project: Project) -> str:
    """The one line of a build that fails; it leaves nothing behind."""
    with pytest.raises(OperatorError) as caught:
        project.build()
    assert "\n" not in str(caught.value)
    assert not project.output.exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("fake", "words"),
    [
        (Fake(files={"acme/_fast.so": b"\x7fELF"}), "compiled code (acme/_fast.so)"),
        (Fake(files={"acme/_fast.abi3.so": b""}), "compiled code"),
        (Fake(files={"acme/fast.pyd": b""}), "compiled code"),
        (Fake(tag="cp311-cp311-manylinux_2_17_x86_64"), "not pure Python"),
        (Fake(tag="py3-none-macosx_11_0_arm64"), "not pure Python"),
        (Fake(version="1.1"), "acme 1.0 is pinned but 1.1 is installed"),
        (Fake(name="other"), "acme 1.0 is pinned but not installed"),
        (Fake(files={"__editable__.acme.pth": b"/somewhere"}), "editable"),
        (
            Fake(files={"handlers/echo.py": b""}),
            "echo.py exists in src/ and in a dependency",
        ),
    ],
)
def test_a_distribution_that_will_not_do_is_refused(
    fake: Fake, words: str, project: Project, tmp_path: Path
) -> None:
    """Compiled code, another version than pinned, or nothing to copy: the line says which."""
    site = tmp_path / "elsewhere"
    fake.install(site)
    assert words in refusal(replace(project, site=site))


def tamper(project: Project) -> None:
    (project.site / "acme/__init__.py").write_text("X = 2\n")


def remove(project: Project) -> None:
    (project.site / "acme/__init__.py").unlink()


def drop_the_hash(project: Project) -> None:
    record = project.site / "acme-1.0.dist-info/RECORD"
    record.write_text("acme/__init__.py,,6\n")


def drop_the_record(project: Project) -> None:
    (project.site / "acme-1.0.dist-info/RECORD").unlink()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (tamper, "acme: acme/__init__.py was changed"),
        (remove, "acme: __init__.py cannot be read"),
        (drop_the_hash, "acme: acme/__init__.py was changed"),
        (drop_the_record, "installed without its files"),
    ],
)
def test_an_installation_that_was_changed_is_refused(
    harm: Callable[[Project], None], words: str, project: Project
) -> None:
    """Every file must be what the installer recorded; the line says how to get it back."""
    harm(project)
    line = refusal(project)
    assert words in line
    assert "rm -r .venv" in line


@pytest.mark.parametrize(
    "line", ["acme>=1.0", "acme", "acme==1.0 ; sys_platform == 'linux'", "-r other.txt", "./acme"]
)
def test_a_requirement_that_is_no_pin_is_refused(line: str, project: Project) -> None:
    """Anything but name==version would let the machine decide what ships."""
    project.write("requirements.txt", line)
    assert f"{line!r} is not a plain pin" in refusal(project)


@pytest.mark.parametrize("missing", ["requirements.txt", "command_api", "handlers"])
def test_a_missing_part_is_named(missing: str, project: Project) -> None:
    """Without one of its parts there is no zip."""
    (project.source / missing).rename(project.source / "moved")
    assert f"{missing} is missing" in refusal(project)


def test_a_zip_that_grows_too_large_is_refused(project: Project) -> None:
    """The line says the size, the limit and where to look."""
    project.write("handlers/model.bin", random.Random(1).randbytes(1_600_000))  # noqa: S311
    line = refusal(project)
    assert "more than 1500000" in line
    assert "requirements.in" in line


def test_a_failed_build_keeps_the_last_zip(project: Project) -> None:
    """A zip that worked is not lost to a mistake."""
    before = project.build().read_bytes()
    tamper(project)
    with pytest.raises(OperatorError):
        project.build()
    assert project.output.read_bytes() == before
    left = sorted(path.name for path in project.output.parent.iterdir())
    assert left == ["handlers.json", "lambda.zip"]


def test_only_what_functions_need_goes_in(project: Project) -> None:
    """No tests, caches, hidden files or installer's notes; a handler's own data does."""
    for path in (
        "command_api/__pycache__/x.cpython-313.pyc",
        "command_api/notes.md",
        "command_api/tests/test_x.py",
        "handlers/.env",
        "handlers/.cache/key.pem",
        "handlers/conftest.py",
        "handlers/test_echo.py",
        "handlers/echo.py~",
        "secret.txt",
    ):
        project.write(path, "secret")
    project.write("handlers/prices.json", "{}")
    with zipfile.ZipFile(project.build()) as archive:
        assert archive.namelist() == [
            "acme-1.0.dist-info/METADATA",
            "acme-1.0.dist-info/licenses/LICENSE",
            "acme/__init__.py",
            "command_api/__init__.py",
            "command_api/entrypoints/worker.py",
            "handlers.json",
            "handlers/__init__.py",
            "handlers/echo.py",
            "handlers/prices.json",
        ]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o100644}


def test_an_unchanged_zip_keeps_its_date(project: Project) -> None:
    """What goes by dates sees no new zip where there is none."""
    first = project.build().stat().st_mtime_ns
    assert project.build().stat().st_mtime_ns == first
    project.write("handlers/more.py")
    assert project.build().stat().st_mtime_ns != first
