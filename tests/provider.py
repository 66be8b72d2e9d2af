"""An AWS provider that runs already, for all of Terraform's commands in a suite.

Terraform would start it, half a gigabyte of it, for its schema and once more for each step of a
command. https://developer.hashicorp.com/terraform/plugin/debugging
"""

from __future__ import annotations

import contextlib
import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_BINARY = ".terraform/providers/registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*"
_ADDRESS = re.compile(r"TF_REATTACH_PROVIDERS='(\{.*\})'")


@contextlib.contextmanager
def served(folder: Path, environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What points Terraform at the provider of an initialised folder, which runs until the end."""
    [binary] = folder.glob(_BINARY)
    with subprocess.Popen(
        [binary.resolve(), "-debug"],
        cwd=folder,  # paths of files, like that of the zip, begin there
        env={**environ, "TF_LOG_PROVIDER": "off", "TF_LOG_SDK": "off"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as provider:
        try:
            yield {"TF_REATTACH_PROVIDERS": _address(provider)}
        finally:
            provider.terminate()


def _address(provider: subprocess.Popen[str]) -> str:
    for line in provider.stdout or ():
        if found := _ADDRESS.search(line):
            return found[1]
    raise AssertionError("the provider ended before it said where it is served")
