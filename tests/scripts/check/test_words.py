"""The linter of words names file, line, word and replacement, and the repository passes."""

import pytest

from scripts.build.check import words


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("the validated door", "'door': write 'submission mode, API type or API'"),
        ("def open_door():", "'door': write 'submission mode, API type or API'"),
        ("a dead letter waits", "'dead letter': write 'dead-letter message'"),
        ("for 1.40 $ a month", "'1.40 $': write '$1.40'"),
        ("costs 2.50 $", "'2.50 $': write '$2.50'"),
    ],
)
def test_a_finding_names_the_place_and_the_remedy(line: str, expected: str) -> None:
    """The line number counts from 1."""
    assert list(words.findings("docs/a.md", f"fine\n{line}\n")) == [f"docs/a.md:2: {expected}"]


@pytest.mark.parametrize(
    "line",
    ["indoors", "a dead-letter queue", "for $1.40 a month", "dead_letter(message)", "^[0-9]$"],
)
def test_ordinary_text_passes(line: str) -> None:
    """Only whole words, and parts of names in snake_case, count."""
    assert list(words.findings("docs/a.md", line)) == []
