"""`redrive`: a dry run, SQS's own task for everything, or message by message for a choice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from scripts.dlq.desk import many
from scripts.dlq.look import SAMPLE, show
from scripts.dlq.moving import MoveTask
from scripts.dlq.pace import Pace
from scripts.dlq.redrive import Redrive
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from scripts.dlq.choice import Choice
    from scripts.dlq.desk import Desk
    from scripts.dlq.sweep import Sweep


def redrive(desk: Desk, choice: Choice, *, apply: bool, rate: int | None) -> int:
    """Send back what is meant, or say what that would be; the exit code."""
    if not apply:
        return _dry_run(desk, choice, rate)
    return _everything(desk, rate) if choice.everything else _chosen(desk, choice, rate)


def _dry_run(desk: Desk, choice: Choice, rate: int | None) -> int:
    found = show(desk, choice, SAMPLE)
    if (found.meant or found.about > found.seen) and not desk.stop.asked:
        words = [*choice.words(), *(["--rate", str(rate)] if rate else [])]
        desk.tell(
            f"dry run: nothing was moved; next: {desk.place.command('redrive', '--apply', *words)}"
        )
    return 0


def _chosen(desk: Desk, choice: Choice, rate: int | None) -> int:
    with desk.progress("Redriving", None) as told:
        run = Redrive(
            dlq=desk.dlq,
            queue=desk.queue,
            records=desk.records,
            choice=choice,
            pace=Pace(rate),
            stop=desk.stop,
            told=told,
        )
        desk.queue.attributes()  # says so, if it is missing, before anything is touched
        try:
            with desk.sweep(rate=rate) as sweep:
                run.run(sweep)
        except (ClientError, BotoCoreError, OperatorError):
            desk.tell(f"redrove {many(run.tally.sent)} before that; the rest is where it was")
            raise
        finally:
            if run.tally.undeleted:
                desk.tell(
                    f"{many(run.tally.undeleted)} of those could not be deleted here: the worker"
                    " drops them when they are redriven in their turn"
                )
    tally = run.tally
    desk.tell(f"redrove {tally.sent} of {tally.meant} that are meant; looked at {sweep.seen}")
    if left := _unseen(desk, tally.sent, sweep):
        desk.tell(
            f"about {left} more were not seen, hidden by a reader or more than SQS hides at once;"
            " run the same again"
        )
    if tally.refused:
        codes = ", ".join(f"{code} ({n})" for code, n in Counter(tally.refused.values()).items())
        raise OperatorError(
            f"SQS refused {many(len(tally.refused))}: {codes}; they are still in {desk.dlq.name}:"
            " run the same again"
        )
    return 1 if tally.undeleted else 0


def _unseen(desk: Desk, sent: int, sweep: Sweep) -> int:
    """How many letters the pass has not looked at, roughly."""
    if desk.stop.asked:
        return 0
    left = desk.about() - (sweep.seen - sent)
    return max(left, 0 if sweep.complete else 1)


def _everything(desk: Desk, rate: int | None) -> int:
    task = MoveTask(
        desk.place.sqs, desk.dlq.attributes()["QueueArn"], desk.queue.attributes()["QueueArn"]
    )
    # From here on SQS moves by itself, so that an interrupted run has a task to end.
    with desk.stop.between_steps():
        if not task.start(rate):
            desk.tell("a redrive of this queue is under way already: following it, at its own rate")
        with desk.progress("Redriving", desk.about()) as told:
            moved = task.follow(desk.stop, told)
    desk.tell(f"redrove about {many(moved)}")
    if left := desk.about():
        desk.tell(
            f"about {left} are still in {desk.dlq.name}: hidden by a reader, or dead again; see:"
            f" {desk.place.command('show')}"
        )
    return 0
