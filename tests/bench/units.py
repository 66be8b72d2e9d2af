"""Write units of one command with a large input, from its submission to its success.

DynamoDB bills the larger of an item before and after each write, rounded up to 1 KB, and a write in
a transaction twice; the emulator does the same sum where `ReturnConsumedCapacity` asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.child import figure

if TYPE_CHECKING:
    from tests.bench.stage import Stage
    from tests.bench.workers import Worker

# The index of modules/data that the validated mode writes; units_child.py fails if it does not.
INDEX = ("outbox", "outboxSince")


def direct_units(worker: Worker, stage: Stage) -> float:
    """Write units of a command whose message the API has sent."""
    return figure(worker, stage, stage.table(), "units_child.py", "direct")


def validated_units(worker: Worker, stage: Stage) -> float:
    """Write units of a command that the submit function has stored and sent."""
    return figure(worker, stage, stage.table(*INDEX), "units_child.py", "validated")
