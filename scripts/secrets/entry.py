"""Take a secret's value from the operator: typed without echo, from a file, or from a pipe."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scripts.errors import OperatorError
from scripts.secrets.value import decode

STDIN = "-"
# A terminal cuts longer lines without a word (N_TTY_BUF_SIZE on Linux, MAX_CANON on macOS).
_LINE = 1024 if sys.platform == "darwin" else 4095


def interactive() -> bool:
    """Whether somebody is there to answer a question."""
    return sys.stdin.isatty()


def take(name: str, source: str | None) -> str:
    """Return the value as given; ``source`` is a path, ``-`` for standard input, or None."""
    if source is not None and source != STDIN:
        return _from_file(Path(source))
    if source == STDIN or not interactive():
        return decode(sys.stdin.buffer.read(), "standard input")
    value: str = click.prompt(
        f"Value of {name} (one line, not shown)",
        hide_input=True,
        confirmation_prompt=True,
        err=True,
    )
    if len(value.encode()) >= _LINE:
        raise OperatorError(
            "terminals cut lines this long; nothing was stored: use --from-file PATH"
        )
    return value


def _from_file(path: Path) -> str:
    try:
        return decode(path.read_bytes(), str(path))
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be read ({error.strerror}); check --from-file"
        ) from None
