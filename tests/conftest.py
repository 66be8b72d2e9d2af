"""What every suite needs before its first test."""

from __future__ import annotations

import signal

import pytest

from scripts.build.terraform.binary import terraform_binary
from scripts.errors import OperatorError
from tests.deployed import measured, target

# What tests what is deployed already asks one of these.
_ANYWHERE = {"deployed", "direct", "tested"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the operators' tools: an environment that is deployed already."""
    parser.addoption("--env", metavar="NAME", help="Test environments/NAME as it is deployed.")
    parser.addoption("--local", action="store_true", help="Test what `make up` has deployed.")


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out whatever changes more of a deployed environment than its commands."""
    if config.getoption("loadgroup", default=False):
        _tell_groups(items)
    if target(config) is None:
        return
    chosen = [
        one
        for one in items
        if _ANYWHERE & set(getattr(one, "fixturenames", ()))
        and one.get_closest_marker("own_stack") is None
    ]
    config.hook.pytest_deselected(items=[one for one in items if one not in chosen])
    items[:] = chosen


def _tell_groups(items: list[pytest.Item]) -> None:
    """Name each test's xdist_group in its id, by which xdist keeps a group on one worker.

    xdist 3.8 itself writes to a field that pytest 9.2 does not read, so each worker would make
    what a group shares: https://github.com/pytest-dev/pytest-xdist/issues/1386
    """
    for item in items:
        names = sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")})
        suffix = f"@{'_'.join(names)}"
        if names and not item.nodeid.endswith(suffix):
            item._id = type(item.id).parse(item.nodeid + suffix)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print how quick the deployed environment is."""
    if lines := measured(config):
        terminalreporter.section("how quick it is")
        for line in lines:
            terminalreporter.line(line)
