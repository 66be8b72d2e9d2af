"""Terraform with everything prepared: the binary, the providers, and errors an operator can read.

``python -m scripts.build.terraform ARGS...`` is ``terraform ARGS...``; other tools use
``Terraform``.
"""

from scripts.build.terraform.binary import terraform_binary
from scripts.build.terraform.diagnostics import Event
from scripts.build.terraform.providers import provider_environment
from scripts.build.terraform.runner import Terraform

__all__ = ["Event", "Terraform", "provider_environment", "terraform_binary"]
