"""Mapping templates, run by a real Velocity engine.

AWS: "Mapping template transformations for REST APIs" for `$input`, `$util` and `$context`;
"Override your API's request and response parameters" for `requestOverride` and `responseOverride`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, unquote_plus

import airspeed
from airspeed import operators

from ministack_extensions.restapi.errors import Refused
from ministack_extensions.restapi.paths import selected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.restapi.call import Call

# Methods of java.lang.String that the engine lacks.
operators.__additional_methods__[str] |= {
    "equals": lambda text, other: text == other,
    "equalsIgnoreCase": lambda text, other: text.lower() == other.lower(),
    "isEmpty": lambda text: not text,
    "toLowerCase": lambda text: text.lower(),
    "toUpperCase": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
}
_ESCAPES = {"\b": "\\b", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r"}
_FIRST_PRINTABLE, _LAST_PRINTABLE = 32, 127


@dataclass
class Input:
    """`$input`."""

    body: str
    parameters: Mapping[str, Mapping[str, str]]

    def json(self, path: str) -> str:
        """A part of the body as JSON."""
        found = selected(self.body, path)
        return '""' if found is None else json.dumps(found, separators=(",", ":"))

    def path(self, path: str) -> object:
        """A part of the body as an object."""
        return selected(self.body, path)

    def params(self, name: str | None = None) -> object:
        """All parameters, or one: of the path, the query string or the header, in this order."""
        if name is None:
            return {kind: dict(values) for kind, values in self.parameters.items()}
        for values in self.parameters.values():
            if name in values:
                return values[name]
        return ""


class Util:
    """`$util`."""

    # The names are AWS's.
    def urlEncode(self, text: object) -> str:  # noqa: N802
        """java.net.URLEncoder."""
        return quote_plus(str(text), safe="*").replace("~", "%7E")

    def urlDecode(self, text: object) -> str:  # noqa: N802
        """java.net.URLDecoder."""
        return unquote_plus(str(text))

    def base64Encode(self, text: object) -> str:  # noqa: N802
        """Base64 of the text's UTF-8."""
        return base64.b64encode(str(text).encode()).decode()

    def base64Decode(self, text: object) -> str:  # noqa: N802
        """The text whose UTF-8 this is."""
        return base64.b64decode(str(text)).decode("utf-8", "replace")

    def parseJson(self, text: object) -> object:  # noqa: N802
        """The object that a JSON text describes."""
        return json.loads(str(text))

    def escapeJavaScript(self, text: object) -> str:  # noqa: N802
        r"""Commons Lang: also writes \' and \/, of which the first is no JSON."""
        return "".join(_escaped(character) for character in str(text))


class Once(dict[str, Any]):
    """Overrides: "an override may only be applied to each parameter once"."""

    def __setitem__(self, name: str, value: object) -> None:
        """Take a value for a name that has none."""
        if name in self:
            raise Refused("API_CONFIGURATION_ERROR")
        super().__setitem__(name, value)


@dataclass
class Overrides:
    """What a template set besides its text."""

    headers: Once = field(default_factory=Once)
    query: Once = field(default_factory=Once)
    path: Once = field(default_factory=Once)
    others: Once = field(default_factory=Once)

    def scope(self) -> Once:
        """The object that the template sees."""
        scope = Once(header=self.headers, querystring=self.query, path=self.path)
        self.others = scope
        return scope

    @property
    def status(self) -> int | None:
        """`responseOverride.status`."""
        value = self.others.get("status")
        return None if value is None else int(value)


def rendered(template: str, body: str, call: Call, overriding: str) -> tuple[str, Overrides]:
    """The text of a template, and what it overrides (`requestOverride` or `responseOverride`)."""
    overrides = Overrides()
    context = _nested(call.context)
    context[overriding] = overrides.scope()
    parameters = {
        "path": call.match.parameters if call.match else {},
        "querystring": dict(call.query),
        "header": call.headers,
    }
    namespace = {
        "input": Input(body, parameters),
        "util": Util(),
        "context": context,
        "stageVariables": dict(call.api.variables),
    }
    try:
        text: str = _compiled(template).merge(namespace)
    except (airspeed.TemplateError, ValueError, TypeError) as error:
        call.context["integrationErrorMessage"] = f"Mapping template failed: {error}"
        raise Refused("API_CONFIGURATION_ERROR") from error
    return text, overrides


@lru_cache(maxsize=256)
def _compiled(template: str) -> Any:  # noqa: ANN401  the engine has no types
    compiled = airspeed.Template(template)
    compiled.ensure_compiled()
    return compiled


def _nested(flat: Mapping[str, str]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in flat.items():
        *scopes, last = name.split(".")
        target = nested
        for scope in scopes:
            target = target.setdefault(scope, {})
        target[last] = value
    return nested


def _escaped(character: str) -> str:
    if character in "'\"\\/":
        return "\\" + character
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _FIRST_PRINTABLE <= ord(character) < _LAST_PRINTABLE:
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex().upper()}" for i in range(0, len(units), 2))
