"""Fabricated installations of distributions, as pip leaves them behind."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Fake:
    """A distribution to be installed; ``files`` maps paths to contents."""

    name: str = "acme"
    version: str = "1.0"
    tag: str = "py3-none-any"
    files: dict[str, bytes] = field(default_factory=lambda: {"acme/__init__.py": b"X = 1\n"})

    def install(self, site: Path) -> None:
        """Write files and metadata, with a RECORD that fits them."""
        info = f"{self.name}-{self.version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n"
        files = {
            **self.files,
            f"{info}/METADATA": metadata.encode(),
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nTag: {self.tag}\n".encode(),
            f"{info}/licenses/LICENSE": b"MIT\n",
            f"{info}/INSTALLER": str(site).encode(),
            f"{info}/direct_url.json": str(site).encode(),
        }
        for path, content in files.items():
            target = site / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        lines = [f"{path},{digest(content)},{len(content)}" for path, content in files.items()]
        lines += ["acme/__pycache__/__init__.cpython-311.pyc,,", "../../../bin/acme,,"]
        (site / info / "RECORD").write_text("\n".join([*lines, f"{info}/RECORD,,"]))


def digest(content: bytes) -> str:
    """A hash as RECORD has it."""
    encoded = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"sha256={encoded.rstrip(b'=').decode()}"
