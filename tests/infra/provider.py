"""One AWS provider for all mocked runs of a test process.

Terraform would start it, half a gigabyte of it, for every `run` block, to ask for its schema and
for nothing else. https://developer.hashicorp.com/terraform/plugin/debugging
"""

from __future__ import annotations

import atexit
import os
import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BINARY = ".terraform/providers/registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*"
_ADDRESS = re.compile(r"TF_REATTACH_PROVIDERS='(\{.*\})'")


def served(folder: Path) -> dict[str, str]:
    """What points Terraform at the provider of a folder that is set up, which starts here."""
    [binary] = folder.glob(_BINARY)
    return {"TF_REATTACH_PROVIDERS": _address(binary.resolve())}


def _address(binary: Path) -> str:
    provider = subprocess.Popen(
        [binary, "-debug"],
        env={**os.environ, "TF_LOG_PROVIDER": "off", "TF_LOG_SDK": "off"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    atexit.register(provider.wait)
    atexit.register(provider.terminate)
    assert provider.stdout is not None
    for line in provider.stdout:
        if found := _ADDRESS.search(line):
            return found[1]
    raise AssertionError(f"{binary} ended before it said where it is served")
