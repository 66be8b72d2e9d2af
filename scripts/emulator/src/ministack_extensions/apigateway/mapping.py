"""Parameter mapping of HTTP APIs: selection expressions and their values.

AWS: "Transform API requests and responses for HTTP APIs in API Gateway"
(apigateway/latest/developerguide/http-api-parameter-mapping.html).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ministack_extensions.http import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# AWS cuts the body here before it looks for `$request.body.name`; `$request.body` is whole.
BODY_LIMIT_FOR_PATHS = 100 * 1024
_WHOLE = re.compile(r"\$(?!\{)\S+")
_EMBEDDED = re.compile(r"\$\{([^}]+)\}")


class Unresolved(Exception):
    """A parameter has no value: AWS answers 400 and sends nothing to the service."""


@dataclass(frozen=True)
class Sources:
    """What the expressions of one request can select from."""

    request: Request
    path: str
    parameters: Mapping[str, str]
    context: Mapping[str, str]
    stage_variables: Mapping[str, str]
    response: Response | None = field(default=None)

    def select(self, expression: str) -> str | None:
        """The value of one expression (without its `$`), or None where the source is absent."""
        for prefix, lookup in self._lookups().items():
            if expression.startswith(prefix):
                return lookup(expression.removeprefix(prefix))
        if expression == "request.body":
            return self.request.body.decode("utf-8", "replace") or None
        if expression == "request.path":
            return self.path
        return None

    def _lookups(self) -> dict[str, Callable[[str], str | None]]:
        response = self.response or Response(0)
        return {
            "request.header.": self.request.header,
            "request.querystring.": self._query,
            "request.path.": self.parameters.get,
            "request.body.": lambda path: _dig(self.request.body, path),
            "context.": self.context.get,
            "stageVariables.": self.stage_variables.get,
            "response.header.": response.header,
            "response.body.": lambda path: _dig(response.body, path),
        }

    def _query(self, name: str) -> str | None:
        values = parse_qs(self.request.query, keep_blank_values=True).get(name)
        return ",".join(values) if values else None

    def evaluate(self, template: str) -> str | None:
        """The value of a mapping: an expression, text with `${}` in it, or a constant.

        A client's value inside `${}` is put there as it is. AWS does not document whether it
        escapes such a value for JSON, so the injectable reading is the one to test against.
        """
        if _WHOLE.fullmatch(template):
            return self.select(template[1:])
        return _EMBEDDED.sub(lambda found: self.select(found[1]) or "", template)

    def required(self, name: str, template: str) -> str:
        """The value of a mapping that must have one."""
        value = self.evaluate(template)
        if not value:
            raise unresolved(name, template)
        return value


def unresolved(name: str, template: str) -> Unresolved:
    """The error in API Gateway's words, as they appear in $context.integrationErrorMessage."""
    return Unresolved(
        f"Unable to resolve property {name} from source {template}. "
        "Please make sure that it is in correct format"
    )


def has_expression(template: str) -> bool:
    """Whether a mapping selects anything at all."""
    return bool(_WHOLE.fullmatch(template) or _EMBEDDED.search(template))


def _dig(body: bytes, path: str) -> str | None:
    try:
        value: Any = json.loads(body[:BODY_LIMIT_FOR_PATHS])
        for part in re.findall(r"[^.\[\]]+", path):
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
