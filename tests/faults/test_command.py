"""Which account a run takes place in, as its command line says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults import __main__ as tool
from tests.faults.scenarios import SCENARIOS, Scenario

if TYPE_CHECKING:
    from tests.faults.ground import Ground


def test_an_environment_names_the_account_of_every_scenario(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scenarios in virtual time have none, and receivers are on this machine: both are left out."""
    played: list[tuple[str, Ground]] = []

    def play(ground: Ground, code: bytes, scenario: Scenario, **_: object) -> list[str]:
        assert code
        played.append((scenario.name, ground))
        return []

    monkeypatch.setattr(tool, "play", play)

    assert tool.main(["--env", "dev", "--seed", "1"]) == 0, capsys.readouterr()

    assert [name for name, _ in played] == [one.name for one in SCENARIOS if not one.here_only]
    assert {(at.target.settings.folder, at.target.local) for _, at in played} == {("dev", False)}


@pytest.mark.parametrize(
    "other", [("--port", "4567"), ("--only", "slices"), ("--only", "webhooks")]
)
def test_what_needs_no_account_goes_with_no_environment(
    capsys: pytest.CaptureFixture[str], other: tuple[str, str]
) -> None:
    """Nothing is started."""
    assert tool.main(["--env", "dev", *other]) == 2

    assert "mutually exclusive" in capsys.readouterr().err


def test_an_environment_that_is_no_folder_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line that says what there is."""
    assert tool.main(["--env", "nowhere"]) == 1

    [line] = capsys.readouterr().err.splitlines()
    assert "nowhere" in line
