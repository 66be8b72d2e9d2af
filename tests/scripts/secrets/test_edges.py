"""What pasting and exporting leave around a value is said, and stripped only where asked for."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import pytest

from tests.scripts.secrets.stored import SEED, stored

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from tests.scripts.secrets.conftest import Tool

FOUND = [
    ("\ufeff{}", "begins with 1 byte order mark", "bom"),
    ("{}\n\n", "ends with 2 line ends", "space"),
    ("{}\r\n \r\n", "ends with 2 line ends and 1 space", "space"),
    (" \t{}", "begins with 1 space and 1 tab", "space"),
    ("{}\xa0\u200b", "ends with 1 non-breaking space and 1 invisible character", "space"),
    ('"{}"', "is in double quotes", "quotes"),
    ("'{}'", "is in single quotes", "quotes"),
    ("“{}”", "is in curly quotes", "quotes"),
]


def given(
    way: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, object]:
    """The arguments of the tool for a value that comes in by a way."""
    monkeypatch.setattr(getpass, "getpass", lambda *_, **__: text)
    # One newline at the end of a file or a pipe is its own.
    (tmp_path / "value").write_bytes(f"{text}\n".encode())
    options: dict[str, tuple[list[str], dict[str, object]]] = {
        "prompt": ([], {"typed": ""}),
        "pipe": ([], {"piped": f"{text}\n".encode()}),
        "file": (["--from-file", str(tmp_path / "value")], {}),
    }
    words, how = options[way]
    return {"words": words, **how}


@pytest.mark.parametrize(("around", "said", "kind"), FOUND)
@pytest.mark.parametrize("way", ["prompt", "pipe", "file"])
def test_what_is_around_a_value_is_said_and_kept(  # noqa: PLR0913  one case has this many parts
    *,
    around: str,
    said: str,
    kind: str,
    way: str,
    tool: Tool,
    aws: SecretsManagerClient,
    empty: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_leak: str,
) -> None:
    """One line, without the value; by every way that a value comes in."""
    assert empty
    text = around.replace("{}", no_leak)
    how = given(way, text, tmp_path, monkeypatch)
    words = how.pop("words")
    result = tool(*SEED, *words, **how)  # type: ignore[misc, arg-type]
    assert result.code == 0
    [line] = [one for one in result.err.splitlines() if one.startswith("note: ")]
    assert (
        line
        == f"note: the value {said}; nothing was stripped: --strip bom|space|quotes removes that"
    )
    assert stored(aws) == text
    result = tool(*SEED, "--yes", "--strip", kind, *words, **how)  # type: ignore[misc, arg-type]
    [line] = [one for one in result.err.splitlines() if one.startswith("note: ")]
    assert line == f"note: the value {said}; stripped"
    assert stored(aws) == no_leak


def test_only_what_is_asked_for_is_stripped(
    tool: Tool, aws: SecretsManagerClient, empty: str, no_leak: str
) -> None:
    """What is left is said."""
    assert empty
    text = f'\ufeff "{no_leak}" \n'
    result = tool(*SEED, "--strip", "bom", piped=f"{text}\n".encode())
    assert stored(aws) == text.removeprefix("\ufeff")
    assert result.err == (
        "note: the value begins with 1 byte order mark and 1 space, ends with 1 space and "
        "1 line end, is in double quotes; stripped, and what is kept begins with 1 space, "
        "ends with 1 space and 1 line end, is in double quotes\n"
    )
    every = ["--strip", "bom", "--strip", "space", "--strip", "quotes"]
    assert tool(*SEED, "--yes", *every, piped=text.encode()).code == 0
    assert stored(aws) == no_leak


@pytest.mark.parametrize("value", ["plain", 'say "x"', '"', "two words", "two\nlines", "it's", ""])
def test_an_ordinary_value_is_not_remarked_on(tool: Tool, empty: str, value: str) -> None:
    """What is inside belongs to it."""
    assert empty
    assert "note:" not in tool(*SEED, piped=value.encode()).err


def test_what_terminals_and_windows_put_inside_is_said(tool: Tool, empty: str) -> None:
    """Nothing strips it: it may be meant."""
    assert empty
    result = tool(*SEED, "--strip", "space", piped=b"a\r\nb\x1b[200~")
    assert "contains 1 CRLF line end, contains 1 control character" in result.err


def test_a_value_of_nothing_else_is_empty_once_stripped(tool: Tool, empty: str) -> None:
    """Nothing is stored."""
    assert empty
    result = tool(*SEED, "--strip", "space", piped=b" \n\n")
    assert result.code == 1
    assert "the value is empty" in result.err
