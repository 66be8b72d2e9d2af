"""Find a Terraform that is new enough: the user's own, or the pinned one in ``.tools/``."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.build.terraform.download import PINNED, Release, install
from scripts.build.terraform.places import Places

if TYPE_CHECKING:
    from collections.abc import Mapping

MINIMUM = (1, 11)  # write-only arguments, which keep secrets out of the state
RELEASES = "https://releases.hashicorp.com/terraform"
RELEASES_VARIABLE = "TERRAFORM_RELEASES_URL"
_PATIENCE = 30  # seconds for a version


def terraform_binary(
    environ: Mapping[str, str] = os.environ,
    *,
    places: Places | None = None,
    release: Release = PINNED,
) -> Path:
    """Return a Terraform that is at least 1.11: PATH's, else the pinned one, downloaded.

    ``TERRAFORM_RELEASES_URL`` in ``environ`` names a mirror of releases.hashicorp.com/terraform.
    Raises OperatorError, saying what to install, where neither is to be had.
    """
    places = places or Places()
    if found := shutil.which("terraform", path=environ.get("PATH", os.defpath)):
        binary = Path(found).absolute()
        if (_version(binary) or (0,)) >= MINIMUM:
            return binary
    target = places.tools / "terraform" / release.version / "terraform"
    if not (target.is_file() and _version(target)):
        base_url = environ.get(RELEASES_VARIABLE) or RELEASES
        install(release, target, base_url=base_url, places=places)
        _version.cache_clear()
    return target


@functools.cache
def _version(binary: Path) -> tuple[int, ...] | None:
    # Version managers put a shim on PATH that fails until a version is chosen.
    environ = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    environ.pop("TF_CLI_CONFIG_FILE", None)
    try:
        answer = subprocess.run(
            [binary, "version", "-json"],
            env=environ,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
        )
        version = json.loads(answer.stdout)["terraform_version"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", str(version))
    return tuple(map(int, numbers.groups())) if numbers else None
