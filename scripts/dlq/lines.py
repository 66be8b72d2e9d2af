"""Dead letters as JSON lines: everything that a message is, to the byte."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scripts.dlq.letter import Letter
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scripts.dlq.letter import Attributes

_VALUES = ("StringValue", "BinaryValue")


def dump(letter: Letter) -> str:
    """One line; binary values are base64."""
    line: dict[str, Any] = {
        "messageId": letter.message_id,
        "sentAt": letter.sent_at.isoformat(timespec="milliseconds"),
        "body": letter.body,
        "attributes": _readable(letter.attributes),
    }
    line |= {"group": letter.group} if letter.group else {}
    line |= {"trace": letter.trace} if letter.trace else {}
    return json.dumps(line)


def load(data: bytes) -> list[Letter]:
    """The letters of a file; OperatorError names the first line that is none, without its text."""
    letters = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                letters.append(_letter(json.loads(line)))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                raise OperatorError(
                    f"line {number} is no dead letter as export writes it; nothing was sent"
                ) from None
    return letters


def missing(letters: Sequence[Letter], there: Iterable[str]) -> list[Letter]:
    """The letters without those that are there already, by their prints, each counted once."""
    left = Counter(there)
    found = []
    for one in letters:
        name = fingerprint(one)
        if left[name]:
            left[name] -= 1
        else:
            found.append(one)
    return found


def fingerprint(letter: Letter) -> str:
    """The same for letters that ask for the same: body, attributes and group."""
    content = [letter.body, _readable(letter.attributes), letter.group]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def deduplication_id(letter: Letter) -> str:
    """The same whenever the same line is sent to a FIFO queue, and no other line's."""
    text = f"{letter.message_id} {fingerprint(letter)}"
    return f"import-{hashlib.sha256(text.encode()).hexdigest()}"


def _readable(attributes: Attributes) -> dict[str, dict[str, str]]:
    return {
        name: {
            part: base64.b64encode(content).decode() if isinstance(content, bytes) else content
            for part, content in value.items()
        }
        for name, value in attributes.items()
    }


def _letter(line: Any) -> Letter:  # noqa: ANN401 - whatever the file holds
    attributes = {str(name): _attribute(value) for name, value in line["attributes"].items()}
    found = Letter(
        message_id=line["messageId"],
        body=line["body"],
        attributes=attributes,
        sent_at=datetime.fromisoformat(line["sentAt"]).astimezone(UTC),
        group=line.get("group", ""),
        trace=line.get("trace", ""),
    )
    texts = (found.message_id, found.body, found.group, found.trace)
    if not all(isinstance(one, str) for one in texts) or not found.body:
        raise TypeError
    found.body.encode()  # a lone surrogate is JSON, but no text
    return found


def _attribute(value: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    [part] = [name for name in _VALUES if name in value]
    kind, content = value["DataType"], value[part]
    if (
        set(value) != {"DataType", part}
        or not isinstance(kind, str)
        or not isinstance(content, str)
    ):
        raise TypeError
    if part == "BinaryValue":
        try:
            return {"DataType": kind, part: base64.b64decode(content, validate=True)}
        except binascii.Error:
            raise ValueError(part) from None
    return {"DataType": kind, part: content}
