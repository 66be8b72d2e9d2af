"""Find words of the old vocabulary and prices with the sign behind: one line each.

`python -m scripts.build.check.words`; exit code 1 where there is any.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[3]
SUFFIXES = {".css", ".hcl", ".html", ".js", ".md", ".py", ".tf", ".toml", ".txt", ".yml"}
# A word, or a part of a name in snake_case, and what is written instead.
WORDS = {
    "doors?": "submission mode, API type or API",
    "dead letters": "dead-letter messages",
    "dead letter": "dead-letter message",
    "sweep(?:s|er|ing)?|swept": "outbox relay",
    "unsent_since|unsentSince": "outboxSince",
    "submit_until|submitUntil": "outboxLeaseUntil",
    "let_go": "release_lease",
    "take_over": "acquire_lease",
    "condemn(?:s|ed)?|bury": "dead_letter",
    "morgue": "dead-letter queue",
    "how-manieth": "CopyOrigin",
    "[Tt]urnstiles?": "single-flight",
    "fate": "outcome",
}
_PRICE = re.compile(r"(?<![\w$])(\d[\d,]*(?:\.\d+)?) \$(?![\w{(])")
# They have the words: this table, and its test.
LEFT_OUT = {"scripts/build/check/words.py", "tests/scripts/check/test_words.py"}
# One pattern with a group for each word, in the order of WORDS.
_WORD = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(f'({it})' for it in WORDS)})(?![A-Za-z])")


def findings(path: str, text: str) -> Iterator[str]:
    """A line for each wrong word or price: file, line, word and replacement."""
    instead = [*WORDS.values()]
    wrong = [(it, instead[(it.lastindex or 0) - 1]) for it in _WORD.finditer(text)]
    wrong += [(it, f"${it[1]}") for it in _PRICE.finditer(text)]
    for found, right in sorted(wrong, key=lambda pair: pair[0].start()):
        number = text.count("\n", 0, found.start()) + 1
        yield f"{path}:{number}: {found[0]!r}: write {right!r}"


def tracked() -> list[str]:
    """The repository's own text files that are held to the words."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = set(listed.split("\0")) - LEFT_OUT
    return sorted(one for one in paths if Path(one).suffix in SUFFIXES)


def main(paths: Iterable[str] | None = None) -> int:
    """Print what is found and return the exit code."""
    found = [
        line
        for path in (tracked() if paths is None else paths)
        if (ROOT / path).is_file()
        for line in findings(path, (ROOT / path).read_text(encoding="utf-8"))
    ]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
