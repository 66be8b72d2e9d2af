"""handlers.json: which types of command a zip has handlers for, and what each of them needs.

Terraform reads it beside the zip, and refuses in the plan a timeout in which a handler could never
run. The zip carries the same file, so that a zip from elsewhere is as well known as one built here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MANIFEST = "handlers.json"

# What handlers print while they are imported is not part of the answer.
_READ = """\
import contextlib, json, sys
sys.path[:0] = json.loads(sys.argv[1])
with contextlib.redirect_stdout(sys.stderr):
    from handlers import HANDLERS
needs = {name: {"min_seconds": getattr(it, "min_seconds", 0)} for name, it in HANDLERS.items()}
print(json.dumps(needs, indent=2, sort_keys=True, allow_nan=False))
"""


def manifest_of(source: Path, search_path: Sequence[str] | None = None) -> bytes:
    """Return the manifest of the handlers in ``source``.

    They are imported by an interpreter of its own that sees ``source``, ``search_path``
    (``sys.path`` by default) and no environment variable: the same sources give the same bytes.
    Raises OperatorError where they do not import.
    """
    places = [str(source), *(sys.path if search_path is None else search_path)]
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", _READ, json.dumps(places)],
        env={},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise OperatorError(
            f"{source / 'handlers'} cannot be imported ({reason});"
            " read environment variables inside the handler, not at import"
        )
    return done.stdout


def carried_by(package: Path) -> bytes | None:
    """Return the manifest that a zip carries; None from a zip of an earlier version."""
    if not zipfile.is_zipfile(package):
        return None
    with zipfile.ZipFile(package) as archive:
        return archive.read(MANIFEST) if MANIFEST in archive.namelist() else None
