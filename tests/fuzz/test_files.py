"""Whatever stands in a file of commands: it is refused by its line, or every worker can read it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from command_api.domain.message import parse
from command_api.domain.model import ID_PATTERN
from scripts.commands import lines
from tests.builders import message
from tests.fuzz.mutations import SEARCH

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
COMMANDS = st.fixed_dictionaries(
    {}, optional={"id": JSON | st.just("a"), "type": JSON | st.just("echo"), "input": JSON}
)


def hold(data: bytes) -> None:
    """Problems name their line, and commands are what a worker accepts."""
    found = lines.read(data)
    assert all("\n" not in one and one.startswith(("line ", "the file ")) for one in found.problems)
    assert len({one.id for one in found.commands}) == len(found.commands)
    for one in found.commands:
        assert ID_PATTERN.fullmatch(one.id)
        parse(message(one.body), default_type="echo")


@SEARCH
@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    """No error but those that name a line."""
    hold(data)


@SEARCH
@given(st.lists(COMMANDS), st.data())
def test_almost_a_file_of_commands(commands: list[dict[str, Any]], data: st.DataObject) -> None:
    """Commands with anything in their fields, then one byte of the file changed."""
    text = bytearray("\n".join(map(json.dumps, commands)), "utf-8")
    hold(bytes(text))
    if text:
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.integers(0, 255))
        hold(bytes(text))
