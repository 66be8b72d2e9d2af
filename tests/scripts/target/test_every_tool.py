"""Every tool answers 'which environment?' by the same options, and a mistake by the same line."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click
import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Of each tool one command line, and the further ways to name what it is about.
TOOLS = {
    "commands": ("list", ", or --endpoint URL, or set COMMANDS_ENDPOINT"),
    "dlq": ("show", ", or set QUEUE_URL, DLQ_URL, TABLE_NAME, TTL_ATTRIBUTE"),
    "drill": ("", ""),
    "prove": ("", ""),
    "secrets": (
        "list",
        ", or --prefix /dev/acme-jobs/, or set SECRET_PREFIX (the worker uses it too)",
    ),
    "worker": ("show", ""),
    "worker promote": ("promote", ""),
}
INIT = "terraform -chdir=environments/dev init (for the stack on this machine: --local)"
APPLY = "terraform -chdir=environments/dev apply (for the stack on this machine: --local)"
# secrets needs names and no outputs, so it works before the first apply.
OF_OUTPUTS = [name for name in TOOLS if name != "secrets"]

every_tool = pytest.mark.parametrize("name", TOOLS)
every_reader = pytest.mark.parametrize("name", OF_OUTPUTS)


class Tool:
    """One tool through its ``main``."""

    def __init__(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.package = name.split(maxsplit=1)[0]
        self.main = import_module(f"scripts.{self.package}.__main__")
        self.words, self.others = TOOLS.get(name, ("", ""))
        self._capsys = capsys

    def __call__(self, *options: str) -> tuple[int, str]:
        """The exit code and the one line of a failure, without where to read more."""
        code = self.main.main([*self.words.split(), *options])
        out, err = self._capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        return code, err.strip().removeprefix("error: ").partition("; see: ")[0]

    def commands(self) -> list[click.Command]:
        """The tool itself, or its subcommands."""
        root = getattr(self.main, self.package)
        return list(root.commands.values()) if isinstance(root, click.Group) else [root]


@pytest.fixture
def tool(name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tool:
    """The tool of that name, in a region."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return Tool(name, capsys)


@every_tool
def test_the_options_are_the_same(tool: Tool) -> None:
    """In each subcommand, with the same help."""
    for command in tool.commands():
        helps = {option.opts[0]: getattr(option, "help", "") for option in command.params}
        assert helps["--env"] == "Folder of an applied environment in environments/."
        assert helps["--local"] == "Use the local stack (make up)."


@every_tool
def test_no_such_folder(tool: Tool, dev: Path) -> None:
    """Those that there are get named."""
    assert dev
    assert tool("--env", "moon") == (1, "environments/moon does not exist; environments: dev")


@every_reader
def test_a_folder_that_is_not_initialized(tool: Tool, dev: Path) -> None:
    """With the command to run."""
    assert dev
    assert tool("--env", "dev") == (1, f"environments/dev is not initialized; run: {INIT}")


@every_reader
def test_a_folder_that_is_not_applied(tool: Tool, dev: Path) -> None:
    """With the command to run."""
    (dev / ".terraform").mkdir()
    assert tool("--env", "dev") == (1, f"environments/dev is not applied; run: {APPLY}")


@pytest.mark.parametrize("name", [*TOOLS, "cleanup"])
def test_no_local_stack(tool: Tool) -> None:
    """With the command that starts it."""
    assert tool("--local") == (1, "the local stack is not running; run: make up")


@every_tool
def test_an_environment_on_the_local_stack(tool: Tool) -> None:
    """Both options together never mean the one on AWS."""
    assert tool("--env", "dev", "--local") == tool("--local")


@every_tool
def test_no_target(tool: Tool) -> None:
    """All ways to name one are said; where a variable is one of them, the usage is not wrong."""
    code = 1 if tool.others else 2
    assert tool() == (code, f"no environment given; pass --env NAME or --local{tool.others}")
