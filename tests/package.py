"""The zip that ships, with other handlers in the place of ours."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from scripts.build.package.build import build


def with_handlers(code: str, *files: Path) -> bytes:
    """The zip with this code as its handlers; the files go below `tests`."""
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        shipped = build(Path(scratch, "lambda.zip"))
        with zipfile.ZipFile(shipped) as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                if not name.startswith("handlers/"):
                    new.writestr(name, old.read(name))
            new.writestr("handlers/__init__.py", code)
            for file in files:
                new.write(file, f"tests/{file.name}")
    return target.getvalue()
