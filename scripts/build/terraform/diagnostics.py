"""Read what Terraform says: its JSON lines, and its text for people."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterable

_FRAME = re.compile(r"\x1b\[[0-9;]*m|[╷│╵]")
_PLACE = re.compile(r"^ *on (\S+) line (\d+).*$", re.MULTILINE)
_SOURCE = re.compile(r"^ *\d+: .*$", re.MULTILINE)  # the line of the file that it points at
_ERROR = re.compile(r"^ *Error: ", re.MULTILINE)
_LONGEST = 2000  # characters; a message is still one line at this length, but no novel
_TAIL = 20  # lines of other output that explain a crash


@dataclass(frozen=True)
class Event:
    """One line of ``terraform -json``.

    ``kind``: Terraform's type, for example ``apply_start``, ``apply_progress``, ``apply_complete``,
    ``planned_change`` or ``change_summary``
    (https://developer.hashicorp.com/terraform/internals/machine-readable-ui).
    ``address``: the resource's address, empty for events of the whole run.
    ``elapsed``: seconds since the operation on that resource began. ``message``: for people.
    ``action``: ``create``, ``update``, ``delete``, ``replace`` or ``read``; empty where none is.
    """

    kind: str
    address: str
    elapsed: float
    message: str
    action: str = ""


@dataclass
class Report:
    """Collects the errors of a run while its events pass by."""

    errors: list[str] = field(default_factory=list)
    other: deque[str] = field(default_factory=lambda: deque(maxlen=_TAIL))

    def read(self, line: str) -> Event | None:
        """Take one line of output; return its event, or None if it is not one of Terraform's."""
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not (isinstance(entry, dict) and "@message" in entry):
            self.other.append(line)
            return None
        diagnostic = entry.get("diagnostic", {})
        if diagnostic.get("severity") == "error":
            self.errors.append(_describe(diagnostic))
        return _event(entry)

    def failure(self, action: str, stderr: str) -> OperatorError:
        """Return the error that says why ``terraform <action>`` failed."""
        said = self.errors or [plain_text([*self.other, stderr])]
        return failed(action, "; ".join(dict.fromkeys(said)))


def failed(action: str, said: str) -> OperatorError:
    """Return an error of one line from what Terraform said."""
    said = " ".join(said.split()) or "no reason given; run the same command again with TF_LOG=INFO"
    return OperatorError(f"terraform {action} failed: {said[:_LONGEST]}")


def plain_text(lines: Iterable[str]) -> str:
    """Reduce what Terraform draws for people to its words, with places as ``(main.tf:3)``."""
    text = _FRAME.sub("", "\n".join(lines))
    text = _PLACE.sub(r"(\1:\2)", _SOURCE.sub("", text))
    return "; ".join(part.strip() for part in _ERROR.split(text) if part.strip())


def _describe(diagnostic: dict[str, Any]) -> str:
    parts = [diagnostic.get("summary", ""), diagnostic.get("detail", "")]
    text = ": ".join(" ".join(part.split()).removesuffix(".") for part in parts if part)
    place = diagnostic.get("range") or {}
    if place.get("filename"):
        text += f" ({place['filename']}:{place.get('start', {}).get('line', '?')})"
    return text


def _event(entry: dict[str, Any]) -> Event:
    subject = entry.get("hook") or entry.get("change") or {}
    resource = subject.get("resource") or {}
    return Event(
        kind=str(entry.get("type", "log")),
        address=str(resource.get("addr", "")),
        elapsed=float(subject.get("elapsed_seconds", 0)),
        message=str(entry["@message"]),
        action=str(subject.get("action", "")),
    )
