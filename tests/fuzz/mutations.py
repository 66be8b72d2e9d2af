"""Inputs as nobody means them: valid ones with something in them changed, and noise."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

EXAMPLES = os.environ.get("FUZZ_EXAMPLES")
# Without a number of examples, every run makes the same ones.
SEARCH = settings(
    deadline=None,
    database=None,
    derandomize=EXAMPLES is None,
    max_examples=int(EXAMPLES or 100),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# Fragments that have broken readers of JSON.
NASTY = [
    *("1e400", "-1e309", "NaN", "-Infinity", "9" * 400, "-" + "9" * 400, "1E-400", "-0", "01"),
    *(r'"\ud800"', r'"\udfff\ud800"', r'{"\ud800": 1}', r'"\u0000"', r'"\uffff"', '"\ufffe"'),
    *("[" * 120 + "]" * 120, "[" * 984, '{"a":' * 120 + "1" + "}" * 120, "\ufeff", '"', "{", "]"),
    *('{"a": 1, "a": 2}', "null", "true", '"' + "x" * 300_000 + '"', '"😀"', "\x00", "\\"),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@st.composite
def mutated(draw: st.DrawFn, texts: SearchStrategy[str]) -> str:
    """A text with some pieces cut out, doubled, or replaced by something nasty."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        put = draw(st.sampled_from(["", text[start:end] * 2, *NASTY]))
        text = text[:start] + put + text[end:]
    return text


def written(values: SearchStrategy[Any]) -> SearchStrategy[str]:
    """JSON as Python writes it: NaN and lone surrogates are possible."""
    return values.map(json.dumps)


@st.composite
def altered(draw: st.DrawFn, valid: Any) -> Any:
    """A valid JSON value with up to three of its members dropped, replaced or added."""
    value = deepcopy(valid)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_paths(value)))
        value = _changed(draw, value, path)
    return value


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(inner for key, one in members for inner in _paths(one, (*path, key)))]


def _changed(draw: st.DrawFn, value: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        if isinstance(value, dict) and draw(st.booleans()):
            return {**value, draw(st.text(max_size=20)): draw(VALUES)}
        return draw(VALUES)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    if draw(st.booleans()):
        del parent[path[-1]]
    else:
        parent[path[-1]] = draw(VALUES)
    return value
