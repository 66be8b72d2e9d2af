"""`export` and `import`: dead-letter messages into a file, and back into their queue."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scripts.dlq.message import from_lines
from scripts.dlq.session import many
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scripts.dlq.message import DeadLetterMessage
    from scripts.dlq.session import Session


def export(session: Session, path: str) -> int:
    """Write all messages into a new file and leave them in the queue; 1 if some were not seen."""
    session.so_far = f"file {path} was not written"
    with _whole_file(path) as file:
        seen, before = session.run(lambda: _write_all(session, file))
        if session.shutdown.requested:
            session.notes(f"read {many(seen)} of about {before}; {session.so_far}")
            raise SystemExit(session.shutdown.exit_code)  # a part of them is no copy
    session.notes(f"exported {many(seen)} to {path}")
    if before > seen:
        why = "in use by another reader"
        if session.dlq.fifo:
            why += ", or behind the first ten of their group (FIFO queues hide those)"
        session.notes(f"the file is incomplete: about {before - seen} more were not read: {why}")
        return 1
    return 0


def _write_all(session: Session, file: TextIO) -> tuple[int, int]:
    with (
        session.progress("Exporting", session.count()) as on_progress,
        session.browse() as browser,
    ):
        before = session.count()
        for batch in browser:
            file.writelines(f"{json.dumps(one.as_json())}\n" for one in batch)
            on_progress(len(batch))
    return browser.seen, before


def import_(session: Session, path: str, rate: int | None) -> int:
    """Send the messages of a file (`-`: standard input) that are not there already."""
    messages = from_lines(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    if session.dlq.fifo and not all(one.group for one in messages):
        raise OperatorError(
            f"{session.dlq.name} is FIFO, and the file has messages without a group"
        )
    return session.run(lambda: _send_missing(session, messages, rate))


def _send_missing(session: Session, messages: Sequence[DeadLetterMessage], rate: int | None) -> int:
    there: Counter[str] = Counter()
    with session.browse() as browser:
        for batch in browser:
            there.update(one.fingerprint for one in batch)
    missing = []
    for one in messages:
        if there[one.fingerprint]:
            there[one.fingerprint] -= 1
        else:
            missing.append(one)
    limiter, refused, sent = session.rate_limiter(rate), Counter[str](), 0
    with session.progress("Importing", len(missing)) as on_progress:
        for start in range(0, len(missing), limiter.step):
            some = missing[start : start + limiter.step]
            limiter.acquire(len(some))
            if session.shutdown.requested:
                break
            failed = session.dlq.send(some, dedup=[one.import_id for one in some])
            refused.update(failed.values())
            sent += len(some) - len(failed)
            session.so_far = f"imported {many(sent)}"
            on_progress(len(some))
    if session.shutdown.requested:
        session.notes(f"imported {many(sent)}; the rest of the file was not read")
        return 0
    session.notes(
        f"imported {many(sent)}; {len(messages) - len(missing)} were already in the queue"
    )
    if refused:
        codes = ", ".join(f"{code} ({number})" for code, number in refused.items())
        raise OperatorError(
            f"SQS refused {many(refused.total())}: {codes}; import the same file again (messages"
            " already in the queue are skipped)"
        )
    return 0


@contextlib.contextmanager
def _whole_file(path: str) -> Iterator[TextIO]:
    """Write a new file; it appears under its name when all of it is on disk.

    It holds what clients have sent, so nobody else may read it. What a killed run leaves behind
    ends in `.partial`.
    """
    target, partial = Path(path), Path(f"{path}.partial")
    if target.exists():
        raise OperatorError(f"{path} already exists; choose a new file name")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
