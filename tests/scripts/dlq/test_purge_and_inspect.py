"""`purge` asks for the name; `inspect` shows one command, and its input only when asked."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from command_api.domain.model import EarlierFailure, Status
from tests.scripts.dlq.world import SECRET_INPUT, Result, World, refusal, text

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--yes-really", "work"], "not the name of this queue, work-dlq; nothing was deleted"),
        ([], "nobody can be asked here; pass --yes-really work-dlq"),
    ],
)
def test_without_its_name_nothing_is_purged(
    options: list[str], words: str, world: World, run: Run
) -> None:
    """A flag alone does not do."""
    world.letter("c-1")
    assert words in run("purge", *options).line
    assert world.dead() == ["c-1"]


def test_the_flag_for_scripts_wants_the_name(world: World, run: Run) -> None:
    """Wrong usage otherwise."""
    world.letter("c-1")
    assert run("purge", "--yes-really").code == 2
    assert world.dead() == ["c-1"]


@pytest.mark.parametrize(("typed", "code"), [("work-dlq", 0), ("work", 1), ("", 1)])
def test_the_name_is_typed(
    typed: str, code: int, world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cannot type it deletes nothing."""
    world.letter("c-1")
    asked: list[str] = []

    def prompt(question: str, **_: object) -> str:
        asked.append(question)
        return typed

    monkeypatch.setattr("scripts.dlq.purge.click.prompt", prompt)
    monkeypatch.setattr("scripts.dlq.purge.sys", SimpleNamespace(stdin=_Terminal()))
    result = run("purge")
    assert result.code == code
    assert "about 1 dead letters for good" in asked[0]
    assert "keep a copy first: python -m scripts.dlq export FILE --env dev" in result.err
    assert world.dead() == ([] if code == 0 else ["c-1"])


class _Terminal:
    """Somebody sits here."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_a_second_purge_within_a_minute_is_said(world: World, run: Run) -> None:
    """SQS allows one."""
    world.sqs.steps["purge_queue"] = [
        refusal("AWS.SimpleQueueService.PurgeQueueInProgress", "PurgeQueue")
    ]
    assert "one purge a minute; wait" in run("purge", "--yes-really", "work-dlq").line


def test_an_id_that_nobody_knows_is_one_line(world: World, run: Run) -> None:
    """With what to run next."""
    world.both("c-1")
    line = run("inspect", "c-2").line
    assert "no command c-2 and no letter of it among the 1 looked at" in line
    assert "see: python -m scripts.dlq show --env dev" in line
    assert world.all_visible()


def test_a_command_is_shown_with_its_letters_and_earlier_failures(world: World, run: Run) -> None:
    """By its own id or by that of the message; without what the client sent."""
    world.both("c-1", "c-2")
    message = world.letter("c-1", more={"owner": text("ada")})
    assert run("redrive", "--apply", "--id", "c-1").code == 0
    earlier = EarlierFailure(world.now, "timeout", "Late.", 3)
    world.record("c-1", earlier_failures=(earlier,))
    again = world.letter("c-1", more={"owner": text("ada")})
    result = run("inspect", "c-1")
    assert SECRET_INPUT not in result.out + result.err
    shown = json.loads(result.out)
    assert shown["command"]["error"]["code"] == "drill_failed"
    [history] = shown["history"]
    assert (history["code"], history["message"], history["attempts"]) == ("timeout", "Late.", 3)
    [letter] = shown["letters"]
    assert (letter["messageId"], letter["owner"]) == (again, "ada")
    assert letter["attributes"] == ["command_id", "owner"]
    assert letter["ifRedriven"] == "dropped"  # another owner's message
    assert message != again
    assert json.loads(run("inspect", again).out)["id"] == "c-1"
    assert world.all_visible()


def test_the_input_is_shown_when_it_is_asked_for(world: World, run: Run) -> None:
    """Body and attributes, as they are."""
    world.both("c-1")
    [letter] = json.loads(run("inspect", "c-1", "--body").out)["letters"]
    assert json.loads(letter["body"])["input"] == {"n": SECRET_INPUT}
    assert letter["attributes"]["command_id"]["StringValue"] == "c-1"


def test_a_command_without_a_letter_is_shown_too(world: World, run: Run) -> None:
    """After a redrive its history is what one wants to see."""
    world.record("c-1", Status.COMPLETED)
    result = run("inspect", "c-1")
    assert json.loads(result.out)["command"]["status"] == "COMPLETED"
    assert "no letter of it" in result.err
