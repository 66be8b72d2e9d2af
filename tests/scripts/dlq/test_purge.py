"""`purge` asks for the name of the queue."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.scripts.dlq.world import Result, World, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--yes-really", "work"], "the queue's name is work-dlq; nothing was deleted"),
        ([], "no terminal for the confirmation; pass --yes-really work-dlq"),
    ],
)
def test_without_its_name_nothing_is_purged(
    options: list[str], words: str, world: World, run: Run
) -> None:
    """A flag alone does not do."""
    world.dead_letter("c-1")
    assert words in run("purge", *options).line
    assert world.dead() == ["c-1"]


def test_the_flag_for_scripts_wants_the_name(world: World, run: Run) -> None:
    """Wrong usage otherwise."""
    world.dead_letter("c-1")
    assert run("purge", "--yes-really").code == 2
    assert world.dead() == ["c-1"]


@pytest.mark.parametrize(("typed", "code"), [("work-dlq", 0), ("work", 1), ("", 1)])
def test_the_name_is_typed(
    typed: str, code: int, world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cannot type it deletes nothing."""
    world.dead_letter("c-1")
    asked: list[str] = []

    def prompt(question: str, **_: object) -> str:
        asked.append(question)
        return typed

    monkeypatch.setattr("scripts.dlq.__main__.click.prompt", prompt)
    monkeypatch.setattr("scripts.dlq.__main__.sys", SimpleNamespace(stdin=_Terminal()))
    result = run("purge")
    assert result.code == code
    assert "about 1 dead-letter messages permanently" in asked[0]
    assert (
        "to keep a copy, cancel and run: python -m scripts.dlq export FILE --env dev"
    ) in result.err
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
    assert "one purge per minute: wait" in run("purge", "--yes-really", "work-dlq").line
