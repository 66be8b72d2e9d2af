"""The files of a repository as git knows them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read(root: Path) -> dict[str, str]:
    """The text of each tracked file by its path; of others, their bytes in surrogates."""
    paths = _git(root, "ls-files", "-z").split("\0")
    found = {path: root / path for path in paths if path}
    return {
        path: file.read_bytes().decode("utf-8", "surrogateescape")
        for path, file in found.items()
        if file.is_file()
    }


def uncommitted(root: Path) -> str:
    """The first path with a change that is not committed, or an empty text."""
    changed = _git(root, "status", "--porcelain").splitlines()
    return changed[0][3:] if changed else ""


def write(root: Path, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Write what differs, and delete what is not there any more."""
    for path, text in after.items():
        if before.get(path) != text:
            (root / path).write_bytes(text.encode("utf-8", "surrogateescape"))
    for path in before.keys() - after.keys():
        (root / path).unlink()
        for folder in (root / path).parents:
            if folder == root or any(it.name != "__pycache__" for it in folder.iterdir()):
                break
            _remove(folder)


def _remove(folder: Path) -> None:
    for cache in folder.glob("__pycache__"):
        for file in cache.iterdir():
            file.unlink()
        cache.rmdir()
    folder.rmdir()


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OperatorError(
            "not a git repository; run: git init && git add -A && git commit -m Start"
        )
    return done.stdout
