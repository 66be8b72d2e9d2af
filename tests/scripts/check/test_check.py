"""`python -m scripts.build.check`: what runs, what is skipped, and what counts as failed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scripts.build.check import __main__ as cli
from scripts.build.check.checks import Check, all_checks

if TYPE_CHECKING:
    import pytest

GOOD = Check("good", (sys.executable, "-c", "print('fine')"))
BAD = Check("bad", (sys.executable, "-c", "print('line 7 is wrong'); raise SystemExit(3)"))
ABSENT = Check("absent", ("no-such-tool-anywhere",), optional=True)
REQUIRED = Check("required", ("no-such-tool-anywhere",))


def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *checks: Check,
    names: tuple[str, ...] = (),
) -> tuple[int, str]:
    """Run with these checks; the exit code and everything printed."""
    monkeypatch.setattr(cli, "all_checks", lambda: list(checks))
    code = cli.main(list(names))
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_a_failure_shows_its_output_and_the_others_still_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One bad check fails the run, tells why, and hides nothing of the rest."""
    code, shown = run(monkeypatch, capsys, BAD, GOOD)
    assert code == 1
    assert "FAILED  bad" in shown
    assert "line 7 is wrong" in shown
    assert "ok      good" in shown


def test_a_tool_that_no_registry_offers_is_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without REQUIRE_TOOLS an optional tool that is not installed is said and forgiven."""
    monkeypatch.delenv("REQUIRE_TOOLS", raising=False)
    assert run(monkeypatch, capsys, ABSENT) == (
        0,
        "SKIPPED absent: no-such-tool-anywhere not found; run: make check-tools\n",
    )


def test_required_tools_must_be_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With REQUIRE_TOOLS=1 every tool counts; without it, those that are never optional."""
    monkeypatch.setenv("REQUIRE_TOOLS", "1")
    assert run(monkeypatch, capsys, ABSENT)[0] == 1
    monkeypatch.delenv("REQUIRE_TOOLS")
    assert run(monkeypatch, capsys, REQUIRED)[0] == 1


def test_an_unknown_name_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt check is told with the names that there are."""
    code, shown = run(monkeypatch, capsys, GOOD, names=("god",))
    assert (code, shown) == (1, "error: unknown check: god; checks: good\n")


def test_the_promised_checks_are_there() -> None:
    """The names that the hooks and the documents use exist."""
    assert {check.name for check in all_checks()} >= {
        "ruff",
        "format",
        "mypy",
        "terraform-fmt",
        "checkov",
        "shellcheck",
        "zizmor",
        "readmes",
        "tflint",
        "trivy",
        "terraform-docs",
    }
