"""What a request validator lets through.

AWS: "Request validation for REST APIs in API Gateway": parameters first, then the body against the
model of its content type (JSON Schema draft 4). A body of a type without a model is not validated.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

import fastjsonschema

from ministack_extensions.restapi.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from ministack_extensions.restapi.call import Call
    from ministack_extensions.restapi.definition import Match

DRAFT = "http://json-schema.org/draft-04/schema#"


def validate(call: Call, match: Match) -> None:
    """Raise Refused for a request that the method's validator does not take."""
    validators = call.api.definition.validators
    validator = validators.get(str(match.method.get("requestValidatorId")), {})
    if validator.get("validateRequestParameters"):
        _validate_parameters(call, match)
    if validator.get("validateRequestBody"):
        _validate_body(call, match)


def _validate_parameters(call: Call, match: Match) -> None:
    required = [
        source for source, needed in (match.method.get("requestParameters") or {}).items() if needed
    ]
    missing = [source.rpartition(".")[2] for source in required if not call.mapped(source)]
    if missing:
        message = f"Missing required request parameters: [{', '.join(missing)}]"
        raise Refused("BAD_REQUEST_PARAMETERS", message)


def _validate_body(call: Call, match: Match) -> None:
    models = match.method.get("requestModels") or {}
    name = models.get(call.content_type) or models.get("$default")
    if name is None:
        return
    check = _compiled(call.api.definition.models.get(name, "{}"))
    try:
        check(json.loads(call.request.body, parse_constant=_no_constant))
    except fastjsonschema.JsonSchemaValueException as error:
        # AWS writes it in words of its own, and without escaping them for JSON.
        call.context["error.validationErrorString"] = f"[{error.message}]"
        raise Refused("BAD_REQUEST_BODY") from None
    except (ValueError, RecursionError):
        raise Refused("BAD_REQUEST_BODY") from None


@lru_cache(maxsize=64)
def _compiled(schema: str) -> Callable[[object], object]:
    document = {"$schema": DRAFT, **json.loads(schema)}
    compiled: Callable[[object], object] = fastjsonschema.compile(document)
    return compiled


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
