"""A function's code, unpacked once for all its execution environments.

The emulator unpacks the zip for each environment. In Lambda the code is read-only, so that
environments can share a folder here, and the bytecode that Python writes into it.

One of the files that know the emulator from inside: nothing that it answers tells of its folders.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

# The emulator's Python runtime, beside the code of each environment.
PYTHON_SCRIPT = "_worker.py"

_lock = threading.Lock()
# By the zip's digest: the folder, and the places from which environments point to it.
_folders: dict[str, tuple[tempfile.TemporaryDirectory[str], list[Path]]] = {}


def share_code() -> None:
    """Let every Python function of this process use a folder for all environments."""
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedZip})


class SharedZip(zipfile.ZipFile):
    """A zip that is unpacked once, and pointed to afterwards."""

    def extractall(self, path: Any = None, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as there
        """Unpack into `path`, or let `path` point to where that was done."""
        # Not a layer, nor the code of a Node function, which the emulator writes to.
        if not (Path(path).name == "code" and Path(path).with_name(PYTHON_SCRIPT).exists()):
            super().extractall(path, *given, **named)
            return
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        with _lock:
            if digest not in _folders:
                _remove_unused()
                folder = tempfile.TemporaryDirectory(prefix="ministack-code-")
                super().extractall(folder.name)
                _folders[digest] = folder, []
            folder, places = _folders[digest]
            Path(path).rmdir()
            Path(path).symlink_to(folder.name)
            places.append(Path(path))


def _remove_unused() -> None:
    """Remove the code that no environment runs any more."""
    for digest, (folder, places) in list(_folders.items()):
        places[:] = [place for place in places if place.is_symlink()]
        if not places:
            del _folders[digest]
            folder.cleanup()
