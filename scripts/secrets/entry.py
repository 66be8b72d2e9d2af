"""Take a secret's value from the operator: typed without echo, from a file, or from a pipe."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.errors import OperatorError
from scripts.secrets import edges
from scripts.secrets.value import check, decode

if TYPE_CHECKING:
    from collections.abc import Callable

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
            "terminals truncate lines this long; nothing was stored: use --from-file PATH"
        )
    return value


def given(command: Callable[..., None]) -> Callable[..., None]:
    """Options for a value; the command gets `take`, which returns it checked for a whole name."""

    @click.argument("name")
    @click.argument("surplus", nargs=-1, metavar="")
    @click.option(
        "--from-file", metavar="PATH", help="Read the value from a file; - is standard input."
    )
    @click.option("--json", "must_be_json", is_flag=True, help="Require a valid JSON value.")
    @click.option(
        "--text", "any_text", is_flag=True, help="Store text that looks like JSON but is invalid."
    )
    @click.option(
        "--strip",
        "kinds",
        multiple=True,
        type=click.Choice(edges.KINDS),
        help="Remove a byte order mark, spaces and line ends, or one pair of quotes from both"
        " ends; repeatable.",
    )
    @functools.wraps(command)
    def with_value(
        *words: object,
        surplus: tuple[str, ...],
        from_file: str | None,
        must_be_json: bool,
        any_text: bool,
        kinds: tuple[str, ...],
        **options: object,
    ) -> None:
        if surplus:
            raise click.UsageError(
                f"{command.__name__} takes one NAME; do not pass the value as an argument, where"
                " other users can see it: pipe it in, or omit it to be prompted"
            )
        if must_be_json and any_text:
            raise click.UsageError("--json and --text are mutually exclusive; pass one of them")

        def checked(name: str) -> str:
            text = take(name, from_file)
            kept = edges.stripped(text, kinds)
            check(kept, must_be_json=must_be_json, any_text=any_text)
            if said := edges.note(text, kept):
                click.echo(f"note: {said}", err=True)
            return kept

        command(*words, take=checked, **options)

    return with_value


def _from_file(path: Path) -> str:
    try:
        return decode(path.read_bytes(), str(path))
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be read ({error.strerror}); check --from-file"
        ) from None
