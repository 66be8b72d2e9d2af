"""The smallest unit of a page goes that names what is gone."""

from __future__ import annotations

import pytest

from scripts.new.prose import without

PAGE = """# Page

One stays. The gone one
leaves. Three stays.

- first
- a gone item
- Second. Also gone.

| a | gone | c |
| --- | --- | --- |
| 1 | 2 | 3 |
| gone row | 5 | 6 |

```sh
make stays
make gone
```

## About gone things

All of it.

### Deeper

Too.

## Links

See [a](gone.md), [b](b.md),
[c](gone.md).

## Only this

This is gone.

## Last

Stays.
"""
LEFT = """# Page

One stays. Three stays.

- first
- Second.

| a | c |
| --- | --- |
| 1 | 3 |

```sh
make stays
```

## Links

See [b](b.md).

## Last

Stays.
"""


def test_each_unit_goes_alone() -> None:
    """Sentence, item, row, column, line of code, section, link of a list; what is empty goes."""
    assert without(PAGE, lambda text: "gone" in text) == LEFT


def test_a_page_that_names_nothing_is_left_as_it_is() -> None:
    """Not even its line ends move."""
    assert without(PAGE, lambda _: False) == PAGE


@pytest.mark.parametrize("text", ["Use it, e.g. Gone or not.\n", "Version 1.5 is gone.\n"])
def test_a_dot_is_not_always_an_end(text: str) -> None:
    """A sentence goes as a whole."""
    assert without(text, lambda unit: "one" in unit).strip() == ""
