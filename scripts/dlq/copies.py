"""`export` and `import`: dead letters into a file, and back into the dead-letter queue."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.dlq import lines
from scripts.dlq.desk import many, say
from scripts.dlq.pace import Pace
from scripts.dlq.storage import whole_file
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from scripts.dlq.desk import Desk


def export(desk: Desk, path: str) -> int:
    """Write all letters into a new file and leave them where they are; 1 if some were not seen."""
    with whole_file(path) as file:
        with desk.progress("Exporting", desk.about()) as told, desk.sweep() as sweep:
            before = desk.about()
            for batch in sweep:
                file.writelines(f"{lines.dump(one)}\n" for one in batch)
                told(len(batch))
        if desk.stop.asked:
            raise SystemExit(desk.stop.code)  # a part of the letters is no copy of them
    say(f"exported {many(sweep.seen)} to {path}")
    if before > sweep.seen:
        why = "hidden by another reader"
        if desk.dlq.fifo:
            why += ", or behind the first ten of their group, which a FIFO queue does not show"
        say(f"the file is not complete: about {before - sweep.seen} more were not seen: {why}")
        return 1
    return 0


def import_(desk: Desk, path: str, rate: int | None) -> int:
    """Send the letters of a file to the dead-letter queue, but for those that are there already."""
    found = lines.load(_bytes(path))
    if desk.dlq.fifo and not all(one.group for one in found):
        raise OperatorError(f"{desk.dlq.name} is FIFO, and the file has letters without a group")
    there: list[str] = []
    with desk.sweep() as sweep:
        for batch in sweep:
            there += [lines.fingerprint(one) for one in batch]
    missing = lines.missing(found, there)
    pace, refused, sent = Pace(rate), Counter[str](), 0
    with desk.progress("Importing", len(missing)) as told, desk.stop.between_steps():
        for start in range(0, len(missing), pace.step):
            if desk.stop.asked:
                break
            some = missing[start : start + pace.step]
            pace.wait(len(some))
            failed = desk.dlq.send(some, dedup=[lines.deduplication_id(one) for one in some])
            refused.update(failed.values())
            sent += len(some) - len(failed)
            told(len(some))
    say(f"imported {many(sent)}; {len(found) - len(missing)} were there already")
    if refused:
        codes = ", ".join(f"{code} ({number})" for code, number in refused.items())
        raise OperatorError(
            f"SQS refused {many(refused.total())}: {codes}; import the same file again: what is"
            " there is not sent twice"
        )
    return 0


def _bytes(path: str) -> bytes:
    return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
