"""Read the lines of an uploaded object by ranges, so that none is ever in memory as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from command_api.domain.ports import BatchFiles

RANGE = 2**20
# Longer than any command may be; what is beyond is skipped up to the next line.
LONGEST_LINE = 256 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Slice(NamedTuple):
    """Lines that follow one another."""

    # Without what ends them; None for one that is longer than LONGEST_LINE.
    lines: list[bytes | None]
    # Where the next line begins, in bytes.
    end: int
    # True where there is no next line.
    last: bool


@dataclass
class Lines:
    """The lines of one object of `size` bytes, read as they are asked for."""

    files: BatchFiles
    batch_id: str
    size: int
    # What was read and not taken, and where in the object it begins.
    _buffer: bytes = field(default=b"", init=False)
    _at: int = field(default=0, init=False)

    def take(self, offset: int, most: int) -> Slice:
        """At most so many lines from `offset` on, where a line begins."""
        if offset != self._at:
            self._buffer, self._at = b"", offset
        lines: list[bytes | None] = []
        while len(lines) < most and self._at < self.size:
            lines.append(self._line())
        return Slice(lines, self._at, self._at >= self.size)

    def _line(self) -> bytes | None:
        begin, searched, too_long = self._at, 0, False
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > LONGEST_LINE:
                self._drop(searched)
                searched, too_long = 0, True
            more = self._read()
            if not more:
                # The last line need not be ended.
                end = len(self._buffer)
                break
            self._buffer += more
        line = self._buffer[:end]
        self._drop(min(end + 1, len(self._buffer)))
        if begin == 0:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        return None if too_long or len(line) > LONGEST_LINE else line.removesuffix(b"\r")

    def _read(self) -> bytes:
        begin = self._at + len(self._buffer)
        length = min(RANGE, self.size - begin)
        return self.files.read(self.batch_id, begin, length) if length > 0 else b""

    def _drop(self, length: int) -> None:
        self._buffer, self._at = self._buffer[length:], self._at + length
