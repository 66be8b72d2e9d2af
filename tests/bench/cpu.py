"""CPU per message, in process, relative to one DynamoDB write whose answer is at hand.

The worker handles one batch against the local stack first; its answers are then replayed, so that
what is measured is the worker and botocore, not the network and not the emulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.child import figure

if TYPE_CHECKING:
    from tests.bench.stage import Stage
    from tests.bench.workers import Worker


def cpu_per_message(worker: Worker, stage: Stage) -> float:
    """The CPU time of one message, in stubbed writes."""
    return figure(worker, stage, stage.table(), "cpu_child.py")
