"""Inputs as nobody means them: valid ones with something in them changed, and noise."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Test = TypeVar("Test", bound="Callable[..., Any]")

# `make test` runs the same examples every time; `make fuzz` runs many more, new ones each time.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))


def fuzzed(examples: int) -> Callable[[Test], Test]:
    """Run a test with that many examples, or with as many as `make fuzz` asks for."""
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# Texts that have hurt somebody, as they stand in a body.
TOKENS = (
    *("1e400", "-1e400", "NaN", "Infinity", "-0", "1e-400", "9" * 400, "0.1" * 2),
    *("[" * 99 + "]" * 99, "[" * 101 + "]" * 101, "[" * 985 + "]" * 985, '{"a":' * 9_991),
    *("null", "true", '""', "{}", "[]", '"\\ud800"', '"\\u0000"', '"\\udc00\\ud800"'),
    *('"' + "a" * 70_000 + '"', '"..\\/.."', "\ufeff", "{", "}", '"', "\\", "\x00", ","),
)
CHARACTERS = st.characters() | st.sampled_from('\ud800\udfff\ufeff\x00\u2028{}[]"\\,:.e+-/')
TEXTS = st.text(CHARACTERS, max_size=40) | st.sampled_from(["", ".", "..", "a" * 129, "%2e%2e"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**310)
    | st.floats()
    | TEXTS
    | st.sampled_from(["a" * 70_000, "9" * 400])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def mutated(draw: st.DrawFn, valid: Any) -> Any:
    """Return a valid JSON value with up to three of its members dropped, replaced or added."""
    value = deepcopy(valid)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_paths(value)))
        value = _changed(draw, value, path)
    return value


@st.composite
def bodies(draw: st.DrawFn, valid: Sequence[Any]) -> str:
    """Return the text of a body: mutated JSON, JSON with a token put into it, or noise."""
    text = json.dumps(draw(st.sampled_from(valid)), ensure_ascii=draw(st.booleans()))
    match draw(st.integers(0, 3)):
        case 0:
            return draw(st.text(CHARACTERS, max_size=60) | st.sampled_from(TOKENS))
        case 1:
            return json.dumps(draw(mutated(json.loads(text))), ensure_ascii=draw(st.booleans()))
        case 2:
            begin = draw(st.integers(0, len(text)))
            end = draw(st.integers(begin, min(len(text), begin + 12)))
            return text[:begin] + draw(st.sampled_from(TOKENS)) + text[end:]
    # In the place of a value, which keeps the rest valid.
    marked = json.dumps(draw(mutated(json.loads(text))))
    return marked.replace("null", draw(st.sampled_from(TOKENS)), 1)


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
            return {**value, draw(TEXTS): draw(VALUES)}
        return draw(VALUES)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    if draw(st.booleans()):
        del parent[path[-1]]
    else:
        parent[path[-1]] = draw(VALUES)
    return value
