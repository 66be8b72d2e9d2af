"""What every suite needs before its first test."""

from __future__ import annotations

import signal

import pytest

from scripts.build.terraform.binary import terraform_binary
from scripts.errors import OperatorError


def pytest_configure(config: pytest.Config) -> None:
    """Give pytest-terraform the project's own Terraform; its plugin stops every run without one.

    A shell's background job ignores Ctrl-C, and so would every program that a test starts to
    interrupt it: here and in those it has its usual meaning.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        config.option.dest_tf_binary = config.option.dest_tf_binary or str(terraform_binary())
    except OperatorError as error:
        pytest.exit(str(error), returncode=1)
