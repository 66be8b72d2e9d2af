"""Many commands from a file of JSON lines: all are checked before any is sent."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.commands.checked import Unfit, check, json_object, without_mark
from scripts.framework import model, violations, work

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_ID = "must be 1-128 letters, digits or any of . _ : = -, for example order-1042"
_FIELDS = {"id", "type", "input"}


@dataclass(frozen=True)
class Line:
    """One command of the file: the number of its line, its id, and its body as JSON."""

    number: int
    id: str
    body: str


@dataclass(frozen=True)
class Lines:
    """What a file asks for. Where there are `problems`, one line each, nothing is to be sent."""

    commands: list[Line]
    problems: list[str]


def read(data: bytes) -> Lines:
    """The commands of a file: `{"id": ..., "type": ..., "input": ...}`, all of them optional.

    A line without an id gets one from its type and input, and from how many equal lines are before
    it. So the same work has the same id in a file that was sent again, corrected, sorted or cut in
    two. A line that repeats id, type and input of an earlier one is the same command, sent once.
    Empty lines are skipped, and a byte order mark at the beginning.
    """
    try:
        data = without_mark(data)
    except Unfit as error:
        return Lines([], [f"the file {error}"])
    texts = ((number, text) for number, text in enumerate(data.split(b"\n"), 1) if text.strip())
    return _named(texts)


def _named(texts: Iterable[tuple[int, bytes]]) -> Lines:
    commands: list[Line] = []
    problems: list[str] = []
    equal: Counter[str] = Counter()
    known: dict[str, tuple[int, str]] = {}
    for number, text in texts:
        try:
            command_id, command = _command(text)
        except Unfit as error:
            problems.append(f"line {number} {error}")
            continue
        asked = work.fingerprint(command.get("type", ""), command.get("input", {}))
        if command_id is None:
            equal[asked] += 1
            command_id = f"{asked}-{equal[asked]}"
        first, other = known.setdefault(command_id, (number, asked))
        if other != asked:
            problems.append(
                f"line {number} repeats the id of line {first} ({command_id}) with a different"
                " type or input; use another id"
            )
        elif first == number:
            commands.append(Line(number, command_id, json.dumps(command)))
    return Lines(commands, problems)


def _command(text: bytes) -> tuple[str | None, dict[str, Any]]:
    command = json_object(text)
    if unknown := sorted(set(command) - _FIELDS):
        field = violations.pointer((unknown[0],))
        raise Unfit(f"has an unknown field ({field}); allowed: id, type and input")
    command_id = None
    if "id" in command:
        command_id = command.pop("id")
        if not isinstance(command_id, str) or not model.ID_PATTERN.fullmatch(command_id):
            raise Unfit(f"has an invalid id: it {NO_ID}")
    check(command)
    return command_id, command
