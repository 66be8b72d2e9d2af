"""Releases of Terraform, fabricated."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

from scripts.build.terraform.download import Release

ZIP = "/1.11.4/terraform_1.11.4_linux_amd64.zip"


def script(version: str) -> bytes:
    """A program that answers ``version -json`` as Terraform does."""
    return f"#!/bin/sh\necho '{json.dumps({'terraform_version': version})}'\n".encode()


def zipped(content: bytes, name: str = "terraform") -> bytes:
    """A release's zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("LICENSE.txt", "...")
        archive.writestr(name, content)
    return target.getvalue()


def release_of(content: bytes) -> Release:
    """A release that has this zip."""
    return Release("1.11.4", {"linux_amd64": hashlib.sha256(content).hexdigest()})


GOOD = zipped(script("1.11.4"))
RELEASE = release_of(GOOD)
