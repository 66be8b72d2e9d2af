"""Write the zip: the same files give the same bytes, whoever builds it and wherever."""

from __future__ import annotations

import hashlib
import io
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.build.package.distributions import distribution_files
from scripts.build.package.manifest import MANIFEST, carried_by, manifest_of
from scripts.build.package.requirements import read_pins
from scripts.build.package.sources import source_files
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src"
OUTPUT = ROOT / "build" / "lambda.zip"

# Lambda's boto3 needs these and brings them compiled; a copy of ours would hide that one and be
# compiled anew at every cold start.
WITH_THE_RUNTIME = {"jmespath"}

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_UNIX, _MODE = 3, 0o100644


def largest() -> int:
    """Return the size limit of the zip, in bytes: max_bytes of [tool.package]."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return int(settings["tool"]["package"]["max_bytes"])


def build(
    output: Path = OUTPUT, *, source: Path = SOURCE, search_path: Sequence[str] | None = None
) -> Path:
    """Build the zip at ``output``, whole or not at all, and return its path.

    Our code from ``source``, and the distributions pinned in its requirements.txt from
    ``search_path`` (``sys.path`` by default); beside it handlers.json. Raises OperatorError if
    either is not as it should be, if a function could not start with it, or if the zip is larger
    than `largest()`.
    """
    pins = read_pins(source / "requirements.txt")
    ours_to_bring = {name: pin for name, pin in pins.items() if name not in WITH_THE_RUNTIME}
    libraries = distribution_files(ours_to_bring, search_path)
    ours = source_files(source)
    if twice := sorted(libraries.keys() & ours.keys()):
        raise OperatorError(
            f"{twice[0]} exists in src/ and in a dependency; rename the one in src/"
        )
    files = {**libraries, **ours}
    content = _zip({**files, MANIFEST: manifest_of(files, source, search_path)})
    if len(content) > (limit := largest()):
        raise OperatorError(
            f"the zip would be {len(content)} bytes, more than {limit}; remove a dependency from"
            f" {source / 'requirements.in'} or large files from handlers, or raise max_bytes of"
            " [tool.package] in pyproject.toml"
        )
    write(output, content)
    return output


def write(output: Path, content: bytes) -> None:
    """Put this zip at ``output``, whole or not at all, and its manifest beside it."""
    _put(output, content)
    lay_manifest(output)


def lay_manifest(package: Path) -> None:
    """Put the manifest that a zip carries beside it."""
    beside, carried = package.with_name(MANIFEST), carried_by(package)
    if carried is None:
        beside.unlink(missing_ok=True)  # what is there is about another zip
    else:
        _put(beside, carried)


def _zip(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def sha256(package: Path) -> str:
    """Return the hash by which environments and workflows know a zip."""
    return hashlib.sha256(package.read_bytes()).hexdigest()


def described(package: Path) -> list[str]:
    """Return the lines that tell a zip's path, size in bytes and hash."""
    cwd = Path.cwd()
    shown = package.relative_to(cwd) if package.is_relative_to(cwd) else package
    return [f"{shown}  {package.stat().st_size} bytes", f"sha256 {sha256(package)}"]


def _put(output: Path, content: bytes) -> None:
    """Put these bytes at ``output``, whole or not at all; the same ones leave it untouched."""
    if output.is_file() and output.read_bytes() == content:
        return  # its date stays, for tools that go by dates
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".package-") as scratch:
        draft = Path(scratch, output.name)
        draft.write_bytes(content)
        draft.replace(output)
