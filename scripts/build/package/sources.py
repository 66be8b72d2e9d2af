"""Choose which of our own files go into the zip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

FRAMEWORK, HANDLERS = "command_api", "handlers"
_TEST_DIRECTORIES = {"test", "tests"}


def source_files(source: Path) -> dict[str, bytes]:
    """Return path in the zip to content: the framework's modules, and all that handlers consist of.

    Left out: tests, caches, and hidden files, which hold editors' leftovers or a ``.env``.
    """
    files: dict[str, bytes] = {}
    for package in (FRAMEWORK, HANDLERS):
        root = source / package
        if not root.is_dir():
            raise OperatorError(f"{root} is missing; the zip needs {FRAMEWORK} and {HANDLERS}")
        for path in root.rglob("*"):
            inside = path.relative_to(source)
            if path.is_file() and not _left_out(inside):
                files[inside.as_posix()] = path.read_bytes()
    return files


def _left_out(path: Path) -> bool:
    parts, name = path.parts, path.name
    if "__pycache__" in parts or path.suffix in {".pyc", ".pyo"} or name.endswith("~"):
        return True
    if _TEST_DIRECTORIES & set(parts) or name.startswith("test_") or name == "conftest.py":
        return True
    if any(part.startswith(".") for part in parts):
        return True
    return parts[0] == FRAMEWORK and path.suffix != ".py"
