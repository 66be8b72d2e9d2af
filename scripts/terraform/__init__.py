"""Terraform with everything prepared: the binary, the providers, and errors an operator can read.

``python -m scripts.terraform ARGS...`` is ``terraform ARGS...``; other tools use ``Terraform``.
"""

from scripts.terraform.binary import terraform_binary
from scripts.terraform.diagnostics import Event
from scripts.terraform.providers import provider_environment
from scripts.terraform.runner import Terraform

__all__ = ["Event", "Terraform", "provider_environment", "terraform_binary"]
