"""`seed`: what is asked, what is stored; and that no value ever shows."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import pytest

from tests.scripts.secrets.conftest import PREFIX, Tool
from tests.scripts.secrets.stored import SEED, stored

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_secretsmanager import SecretsManagerClient


def test_a_typed_value_is_asked_for_twice_and_not_shown(
    tool: Tool,
    aws: SecretsManagerClient,
    empty: str,
    monkeypatch: pytest.MonkeyPatch,
    no_leak: str,
) -> None:
    """Two answers that differ are asked for again; the next command is named."""
    answers = iter([no_leak, "pa55-typo", no_leak, no_leak])
    monkeypatch.setattr(getpass, "getpass", lambda *_, **__: next(answers))
    result = tool(*SEED, typed="")
    assert result.code == 0
    assert stored(aws) == no_leak
    assert "do not match" in result.err
    assert result.out == (
        f"seeded {empty} (text, {len(no_leak)} characters)\n"
        f"next: python -m scripts.secrets read stripe --prefix {PREFIX}\n"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("value", "value"),
        ("value\n", "value"),
        ("value\r\n", "value"),
        ("value\n\n", "value\n"),
        ("value\r", "value\r"),
        (" two\nlines ", " two\nlines "),
        ('{"a": "ü"}\n', '{"a": "ü"}'),
        ("x" * 65536 + "\n", "x" * 65536),
    ],
)
@pytest.mark.parametrize("way", ["pipe", "dash", "file"])
def test_exactly_one_newline_at_the_end_is_dropped(
    given: str, expected: str, way: str, tool: Tool, aws: SecretsManagerClient, tmp_path: Path
) -> None:
    """Editors and echo append one; everything else is the value, byte for byte."""
    aws.create_secret(Name=f"{PREFIX}stripe")
    (tmp_path / "value").write_bytes(given.encode())
    options = {"pipe": [], "dash": ["--from-file", "-"], "file": ["--from-file"]}[way]
    if way == "file":
        options = [*options, str(tmp_path / "value")]
    result = tool(*SEED, *options, piped=given.encode())
    assert result.code == 0, result
    assert stored(aws) == expected


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ('{"user": "u", "n": [1]}', ["--json"]),
        ('"a string"', ["--json"]),
        ("{not json", ["--text"]),
        ("plain", ["--text"]),
        ("plain", []),
    ],
)
def test_json_and_text_are_stored_as_given(
    given: str, options: list[str], tool: Tool, aws: SecretsManagerClient, empty: str
) -> None:
    """JSON is checked, not rewritten."""
    assert empty
    assert tool(*SEED, *options, piped=given.encode()).code == 0
    assert stored(aws) == given


@pytest.mark.parametrize(
    ("options", "typed"), [(["--yes"], None), (["--yes"], "unread"), ([], "y\n")]
)
def test_a_value_is_replaced_when_that_is_wanted(  # noqa: PLR0913  one case has this many parts
    *,
    options: list[str],
    typed: str | None,
    tool: Tool,
    aws: SecretsManagerClient,
    seeded: str,
    tmp_path: Path,
    no_leak: str,
) -> None:
    """By --yes or by an answer; the message says that there was one before."""
    (tmp_path / "value").write_text(no_leak, encoding="utf-8")
    result = tool(*SEED, *options, "--from-file", str(tmp_path / "value"), typed=typed)
    assert result.code == 0
    assert result.out.startswith(f"replaced {seeded} ")
    assert stored(aws) == no_leak


def test_a_whole_name_needs_no_prefix(tool: Tool, aws: SecretsManagerClient, empty: str) -> None:
    """A name that begins with a slash is taken as it is."""
    assert tool("seed", empty, piped=b"x").code == 0
    assert stored(aws) == "x"
