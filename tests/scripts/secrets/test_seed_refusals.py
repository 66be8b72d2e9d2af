"""`seed`: what is not stored, and that no value ever shows."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import pytest

from tests.scripts.secrets.stored import SEED, is_empty, stored

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from tests.scripts.secrets.conftest import Tool


@pytest.mark.parametrize(
    ("piped", "options", "words"),
    [
        (b"", [], "the value is empty"),
        (b"\n", [], "the value is empty"),
        (b"pa55\xff\xfe", [], "standard input is not UTF-8 text"),
        (b"pa55" + b"x" * 65533, [], "65537 bytes, more than Secrets Manager's 65536"),
        (b"pa55" + "ü".encode() * 32767, [], "65538 bytes"),
        (b'{"a": pa55}', [], "not valid JSON (Expecting value at line 1 column 7)"),
        (b'{"a": "pa55"', [], "--text"),
        (b'["pa55"', [], "--text"),
        (b'  {"a": "pa55\\q"}', [], "(Invalid \\escape at line 1 column"),
        (b"pa55", ["--json"], "leave out --json"),
        (b"[NaN]", [], "not valid JSON"),
        (b"[" * 60000, [], "not valid JSON"),
    ],
)
def test_a_value_that_will_not_do_is_refused(
    piped: bytes, options: list[str], words: str, tool: Tool, aws: SecretsManagerClient, empty: str
) -> None:
    """Nothing is stored, and the line gives sizes and positions only."""
    line = tool(*SEED, *options, piped=piped).line
    assert words in line
    assert "pa55" not in line
    assert is_empty(aws, empty)


@pytest.mark.parametrize(
    "words",
    [["no_leak"], ["--value", "no_leak"], ["--no_leak"], ["-no_leak"], ["--value=no_leak"]],
    ids=" ".join,
)
def test_a_value_on_the_command_line_is_refused_and_not_repeated(
    words: list[str], tool: Tool, aws: SecretsManagerClient, empty: str, no_leak: str
) -> None:
    """Others see command lines: the tool takes none, and does not quote it either."""
    result = tool(*SEED, *[word.replace("no_leak", no_leak) for word in words])
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "do not pass the value as an argument" in result.err
    assert is_empty(aws, empty)


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read(name: str, tool: Tool, empty: str, tmp_path: Path) -> None:
    """The line names the file."""
    assert empty
    line = tool(*SEED, "--from-file", str(tmp_path / name)).line
    assert str(tmp_path / name).removesuffix("/.") in line
    assert "--from-file" in line


def test_json_and_text_exclude_each_other(tool: Tool, empty: str) -> None:
    """A contradiction is wrong usage."""
    assert empty
    assert tool(*SEED, "--json", "--text", piped=b"x").code == 2


def test_a_pipe_replaces_nothing_without_yes(
    tool: Tool, aws: SecretsManagerClient, seeded: str, no_leak: str
) -> None:
    """Where nobody can answer, the answer is no."""
    line = tool(*SEED, piped=no_leak.encode()).line
    assert f"{seeded} already has a value; pass --yes" in line
    assert stored(aws) == "old"


def test_who_says_no_keeps_the_old_value(
    tool: Tool, aws: SecretsManagerClient, seeded: str, tmp_path: Path, no_leak: str
) -> None:
    """The question comes before the value is taken."""
    (tmp_path / "value").write_text(no_leak)
    result = tool(*SEED, "--from-file", str(tmp_path / "value"), typed="n\n")
    assert result.code == 1
    assert f"{seeded} was not changed" in result.err
    assert stored(aws) == "old"


def test_ctrl_c_while_typing_stores_nothing(
    tool: Tool, aws: SecretsManagerClient, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt is code 130 without a traceback."""

    def interrupt(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(getpass, "getpass", interrupt)
    result = tool(*SEED, typed="")
    assert result.code == 130
    assert "Traceback" not in result.err
    assert is_empty(aws, empty)


def test_a_typed_line_as_long_as_the_terminal_takes_is_refused(
    tool: Tool, aws: SecretsManagerClient, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal cuts long lines silently: half a key must not be stored."""
    monkeypatch.setattr(getpass, "getpass", lambda *_, **__: "x" * 4095)
    assert "--from-file" in tool(*SEED, typed="").err
    assert is_empty(aws, empty)
