"""`make audit`: what is known, what is not, and what nobody could be asked about."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from scripts.build.audit import __main__ as tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FINE = {"name": "acme", "version": "1.0", "vulns": []}
WEAK = {
    "name": "acme",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1", "2.0"]}, {"id": "X-2"}],
}
UNKNOWN = {"name": "other", "skip_reason": "Dependency not found on PyPI"}


@pytest.fixture
def audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """The tool on one file of requirements, with a pip-audit that answers this."""
    requirements = tmp_path / "src/requirements.txt"
    requirements.parent.mkdir()
    requirements.touch()
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "FILES", (requirements,))
    monkeypatch.setattr(tool, "PROGRAM", tmp_path / "pip-audit")
    monkeypatch.delenv("REQUIRE_TOOLS", raising=False)

    def run(*packages: dict[str, object], error: str = "") -> tuple[int, str]:
        said = "" if error else json.dumps({"dependencies": packages})
        (tmp_path / "pip-audit").write_text(
            f"#!{sys.executable}\nimport sys\n"
            "assert {'--disable-pip', '--require-hashes'} <= set(sys.argv)\n"
            f"sys.stdout.write({said!r})\nsys.stderr.write({error!r})\nsys.exit({bool(error):d})\n"
        )
        (tmp_path / "pip-audit").chmod(0o755)
        code = tool.main([])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return run


def test_nothing_known_is_fine(audit: Callable[..., tuple[int, str]]) -> None:
    """One line for the file."""
    said = "ok      src/requirements.txt: 1 package checked, 1 missing in the index\n"
    assert audit(FINE, UNKNOWN) == (0, said)


def test_a_weakness_is_named_with_what_mends_it(audit: Callable[..., tuple[int, str]]) -> None:
    """And fails, whatever else is fine."""
    code, said = audit(FINE, WEAK)
    assert code == 1
    assert "FAILED  src/requirements.txt: 2 packages" in said
    assert "  acme 1.0: PYSEC-2026-1, fixed in 1.1, 2.0\n" in said
    assert "  acme 1.0: X-2, fixed in none yet\n" in said


def test_an_index_that_knows_nothing_was_not_asked(
    audit: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip-audit calls that fine; here it is skipped, or a failure where everything is required."""
    assert audit(UNKNOWN, UNKNOWN)[0] == 0
    assert "SKIPPED src/requirements.txt: a package is missing in the index" in audit(UNKNOWN)[1]
    monkeypatch.setenv("REQUIRE_TOOLS", "1")
    code, said = audit(UNKNOWN)
    assert code == 1
    assert said.startswith("MISSING src/requirements.txt")


def test_offline_is_one_line(audit: Callable[..., tuple[int, str]]) -> None:
    """With pip-audit's last words."""
    code, said = audit(error="ERROR:pip_audit._cli:\nConnectionError: no route to host\n")
    assert code == 0
    assert said.startswith("SKIPPED src/requirements.txt: ")
    assert said.endswith("ConnectionError: no route to host\n")
    assert said.count("\n") == 1
