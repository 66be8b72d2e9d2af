"""Take installed distributions into the zip, after checking that they are what was pinned.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import base64
import csv
import hashlib
import sys
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COMPILED = {".so", ".pyd", ".dll", ".dylib", ".a"}
_AGAIN = "reinstall the pinned packages: rm -r .venv && make package"


def distribution_files(
    pins: Mapping[str, str], search_path: Sequence[str] | None = None
) -> dict[str, bytes]:
    """Return path in the zip to content, for every file of the pinned distributions.

    ``search_path``: directories to look in, ``sys.path`` by default. Raises OperatorError for a
    distribution that is missing, has another version, was changed since it was installed, or brings
    compiled code (the zip serves x86-64 and arm64 alike).
    """
    files: dict[str, bytes] = {}
    for name, version in sorted(pins.items()):
        files |= _files(_installed(name, version, search_path))
    return files


def _installed(name: str, version: str, search_path: Sequence[str] | None) -> metadata.Distribution:
    where = sys.path if search_path is None else list(search_path)
    found = next(iter(metadata.distributions(name=name, path=where)), None)
    if found is None:
        raise OperatorError(f"{name} {version} is pinned but not installed; {_AGAIN}")
    if found.version != version:
        raise OperatorError(
            f"{name} {version} is pinned but {found.version} is installed; {_AGAIN}"
        )
    _check_pure(name, found.read_text("WHEEL") or "")
    return found


def _check_pure(name: str, wheel: str) -> None:
    tags = [line.removeprefix("Tag:").strip() for line in wheel.splitlines() if "Tag:" in line]
    if not tags or not all(tag.endswith("-none-any") for tag in tags):
        raise OperatorError(
            f"{name} is not pure Python (its wheel says {', '.join(tags) or 'nothing'});"
            " the zip must run on every architecture: use another package"
        )


def _files(distribution: metadata.Distribution) -> dict[str, bytes]:
    name = distribution.name
    files: dict[str, bytes] = {}
    # Read here and not through `files`, which keeps quiet about a file that is gone.
    record = csv.reader((distribution.read_text("RECORD") or "").splitlines())
    for entry, recorded_hash, *_ in record:
        path = PurePosixPath(entry)
        if _left_out(path):
            continue
        if path.suffix in _COMPILED:
            raise OperatorError(
                f"{name} brings compiled code ({path});"
                " the zip must run on every architecture: use another package"
            )
        content = _read(name, Path(str(distribution.locate_file(entry))))
        if recorded_hash != _digest(recorded_hash, content):
            raise OperatorError(f"{name}: {path} was changed after installation; {_AGAIN}")
        files[entry] = content
    if not any(PurePosixPath(entry).suffix == ".py" for entry in files):
        raise OperatorError(f"{name} is installed without its files (editable?); {_AGAIN}")
    return files


def _left_out(path: PurePosixPath) -> bool:
    if ".." in path.parts or path.is_absolute():
        return True  # scripts in bin/: nobody starts them in a Lambda function
    if "__pycache__" in path.parts or path.suffix in {".pyc", ".pyo"}:
        return True
    return path.parts[0].endswith(".dist-info") and not _of_the_author(path)


def _of_the_author(path: PurePosixPath) -> bool:
    # All else in a .dist-info comes from the installer and differs from machine to machine.
    return "licenses" in path.parts or path.name.startswith(
        ("METADATA", "entry_points.txt", "LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
    )


def _read(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OperatorError(
            f"{name}: {path.name} cannot be read ({error.strerror}); {_AGAIN}"
        ) from error


def _digest(recorded_hash: str, content: bytes) -> str:
    algorithm = recorded_hash.partition("=")[0]
    if algorithm not in hashlib.algorithms_guaranteed:
        return "the hash is missing"
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm}={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
