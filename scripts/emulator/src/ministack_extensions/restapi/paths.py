"""JSONPath as far as mapping templates commonly use it: names, indices, `$['name']`.

AWS: "Mapping template transformations for REST APIs". Filters, slices and wildcards are not known
here: they select nothing.
"""

from __future__ import annotations

import json
import re
from typing import Any

_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]|\[['\"]([^'\"]+)['\"]\]")


def selected(text: str, path: str) -> object:
    """What the path selects from a JSON text; None where there is nothing."""
    try:
        value: Any = json.loads(text)
    except ValueError:
        return None
    rest = path.strip().removeprefix("$")
    while rest:
        found = _STEP.match(rest)
        if found is None:
            return None
        name, index, quoted = found.groups()
        try:
            value = value[int(index)] if index is not None else value[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
        rest = rest[found.end() :]
    return value
