"""Lines of an object are read by ranges, wherever those cut them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api.usecases import lines as reading
from command_api.usecases.lines import LONGEST_LINE, RANGE, Lines
from tests.fakes.batch_files import InMemoryBatchFiles


def read(content: bytes, most: int = 3, *, restart: bool = False) -> list[bytes | None]:
    """All lines, some at a time; by a new reader each time where it is to `restart`."""
    files = InMemoryBatchFiles(uploads={"b": content})
    found: list[bytes | None] = []
    lines, offset, last = Lines(files, "b", len(content)), 0, False
    while not last:
        taken, offset, last = lines.take(offset, most)
        found += taken
        lines = Lines(files, "b", len(content)) if restart else lines
    return found


@pytest.mark.parametrize("restart", [False, True])
@given(content=st.lists(st.sampled_from([b"", b"a", b"bb", b"ccc\r", b"\n", b"x" * 40])))
def test_lines_are_those_of_the_file(*, restart: bool, content: list[bytes]) -> None:
    """The last one may end without a line break; a carriage return is no part of a line."""
    whole = b"\n".join(content) or b"z"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "RANGE", 7)
        patch.setattr(reading, "SKIPPED_RANGE", 11)
        patch.setattr(reading, "LONGEST_LINE", 30)
        expected = whole.split(b"\n")
        if whole.endswith(b"\n"):
            expected.pop()
        found = [None if len(line) > 30 else line.removesuffix(b"\r") for line in expected]
        assert read(whole, restart=restart) == found


def test_a_line_that_is_too_long_is_skipped() -> None:
    """The others are not, and it is never in memory as a whole."""
    long = b"y" * (5 * LONGEST_LINE)
    content = b"\n".join([b"1", long, b"3", b"y" * LONGEST_LINE, b"y" * (LONGEST_LINE + 1)])
    assert read(content) == [b"1", None, b"3", b"y" * LONGEST_LINE, None]


def test_a_huge_line_takes_few_requests() -> None:
    """One of a gigabyte is read within the time of a call, and what follows is not copied again."""
    content = b"y" * (65 * RANGE) + b"\n" + b"{}\n" * 1000
    sizes: list[int] = []

    class Files(InMemoryBatchFiles):
        def read(self, batch_id: str, offset: int, length: int) -> bytes:
            sizes.append(length)
            return super().read(batch_id, offset, length)

    taken = Lines(Files(uploads={"b": content}), "b", len(content)).take(0, 2000)
    assert (taken.lines[0], taken.lines[1:], taken.last) == (None, [b"{}"] * 1000, True)
    assert (len(sizes), sum(sizes)) == (6, len(content))


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    """Editors of Windows write one."""
    assert read(b"\xef\xbb\xbf{}\n{}") == [b"{}", b"{}"]


def test_nothing_is_read_twice_by_one_reader() -> None:
    """Slices follow one another."""
    files = InMemoryBatchFiles(uploads={"b": b"12345678\n" * 1000})
    lines, offset = Lines(files, "b", 9000), 0
    for _ in range(10):
        offset = lines.take(offset, 100).end
    assert (offset, files.read_bytes) == (9000, 9000)
