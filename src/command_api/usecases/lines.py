"""Read the lines of an uploaded object by ranges, so that none is ever in memory as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from command_api.domain.batch_ports import BatchFiles

RANGE = 2**20
# What belongs to a line that is too long is read in larger ones: a gigabyte of them within a call.
SKIPPED_RANGE = 2**24
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
    # What was read, how much of it was taken, and where in the object the rest begins.
    _buffer: bytes = field(default=b"", init=False)
    _used: int = field(default=0, init=False)
    _at: int = field(default=0, init=False)

    def take(self, offset: int, most: int) -> Slice:
        """At most so many lines from `offset` on, where a line begins."""
        if offset != self._at:
            self._buffer, self._used, self._at = b"", 0, offset
        lines: list[bytes | None] = []
        while len(lines) < most and self._at < self.size:
            lines.append(self._line())
        return Slice(lines, self._at, self._at >= self.size)

    def _line(self) -> bytes | None:
        begin, searched, too_long = self._at, 0, False
        while (end := self._buffer.find(b"\n", self._used + searched)) < 0:
            searched = len(self._buffer) - self._used
            if searched > LONGEST_LINE:
                self._take(searched)
                searched, too_long = 0, True
            if not self._read(SKIPPED_RANGE if too_long else RANGE):
                # The last line need not be ended.
                end = len(self._buffer)
                break
        line = self._buffer[self._used : end]
        self._take(min(end + 1, len(self._buffer)) - self._used)
        if begin == 0:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        return None if too_long or len(line) > LONGEST_LINE else line.removesuffix(b"\r")

    def _read(self, most: int) -> bool:
        """Read what follows the buffer; False at the end of the object."""
        rest = self._buffer[self._used :]
        begin = self._at + len(rest)
        length = min(most, self.size - begin)
        more = self.files.read(self.batch_id, begin, length) if length > 0 else b""
        # Only here, so that the buffer is not copied for each line.
        self._buffer, self._used = rest + more, 0
        return bool(more)

    def _take(self, length: int) -> None:
        self._used, self._at = self._used + length, self._at + length
