"""An AWS provider that runs already, for all of Terraform's commands in a suite.

Terraform would start it, half a gigabyte of it, for its schema and once more for each step of a
command. https://developer.hashicorp.com/terraform/plugin/debugging
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.build.terraform.runner import Terraform

_BINARY = ".terraform/providers/registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*"
_ADDRESS = re.compile(r"TF_REATTACH_PROVIDERS='(\{.*\})'")


@contextlib.contextmanager
def served(terraform: Terraform) -> Iterator[dict[str, str]]:
    """What points Terraform, initialised already, at its provider, which runs until the end."""
    [binary] = terraform.directory.glob(_BINARY)
    with subprocess.Popen(
        [binary.resolve(), "-debug"],
        cwd=terraform.directory,  # paths of files, like that of the zip, begin there
        env={**terraform.environ, "TF_LOG_PROVIDER": "off", "TF_LOG_SDK": "off"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as provider:
        try:
            yield {"TF_REATTACH_PROVIDERS": _address(provider)}
        finally:
            provider.send_signal(signal.SIGINT)  # it removes its socket, as at no other signal


def _address(provider: subprocess.Popen[str]) -> str:
    for line in provider.stdout or ():
        if found := _ADDRESS.search(line):
            return found[1]
    raise AssertionError("the provider ended before it said where it is served")
