"""What a person sees while Terraform works and while commands run."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from command_client.transport import Answer
from scripts.build.terraform.diagnostics import Event
from scripts.commands.api import TIMEOUT_SECONDS, CommandsApi
from scripts.commands.board import Board
from scripts.stack.progress import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

QUEUE = "module.queue.aws_sqs_queue.this"


def printed(act: Callable[[Console], object], *, terminal: bool = False) -> str:
    """What an action prints on a console of 100 columns."""
    console = Console(file=io.StringIO(), width=100, force_terminal=terminal, highlight=False)
    act(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
def test_long_waits_are_explained(*, terminal: bool) -> None:
    """A queue takes 25 s because the provider waits: whoever watches is told so."""

    def act(console: Console) -> None:
        with shown(console, "Terraform") as on_event:
            on_event(Event("apply_start", QUEUE, 0, f"{QUEUE}: Creating..."))
            on_event(Event("apply_start", "module.x.data.aws_region.now", 0, "reading", "read"))
            on_event(Event("apply_complete", QUEUE, 25, f"{QUEUE}: Creation complete after 25s"))

    text = printed(act, terminal=terminal)
    assert "Terraform: 1 resource changed" in text
    if not terminal:
        assert "the AWS provider waits 25 s per queue" in text
        assert "Creation complete after 25s" in text


class Scripted(CommandsApi):
    """Answers with one status after the other, starting with unknown."""

    answers: tuple[int | str, ...] = (404, "PENDING", 503, "COMPLETED")

    def get(
        self,
        command_id: str,
        headers: Mapping[str, str] | None = None,
        seconds: float = TIMEOUT_SECONDS,
        *,
        history: bool = False,
    ) -> Answer:
        """The next answer."""
        assert headers == {}
        assert not history
        assert seconds <= TIMEOUT_SECONDS
        now, *later = self.answers
        object.__setattr__(self, "answers", tuple(later))
        if isinstance(now, int):
            return Answer(now, {}, '{"title": "not now"}')
        return Answer(200, {}, json.dumps({"id": command_id, "status": now, "attempts": 1}))


@pytest.mark.parametrize("terminal", [False, True])
def test_a_board_follows_commands_to_their_end(*, terminal: bool) -> None:
    """Unknown, unavailable and running commands are asked for again until they have ended."""
    board = Board(Scripted("http://127.0.0.1/commands"))
    board.add("c-1", "says hello")
    text = printed(lambda console: board.follow(console, seconds=10), terminal=terminal)
    assert board.counts() == {"COMPLETED": 1}
    assert "says hello" in text


def test_a_board_gives_up_in_time() -> None:
    """A command that never ends does not hold the demo up for ever."""
    board = Board(Scripted("http://127.0.0.1/commands"))
    board.add("c-1", "hangs")
    assert not board.follow(Console(file=io.StringIO()), seconds=0)
