"""The whole document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.openapi.answers import headers
from command_api.openapi.features import FEATURES
from command_api.openapi.paths import paths
from command_api.openapi.schemas import schemas

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

_ABOUT = (
    "The API accepts commands immediately and runs them later: submit a command, then poll its "
    "status by id until it is terminal. Errors are problem documents (RFC 9457)."
)


def document(described: Description) -> Node:
    """The OpenAPI 3.1 document of an environment, the same for the same description.

    https://spec.openapis.org/oas/v3.1.0
    """
    made: Node = {
        "openapi": "3.1.0",
        "info": {"title": described.title, "version": described.version, "description": _ABOUT},
        "servers": [{"url": described.server}],
        "paths": paths(described),
        "components": {"schemas": schemas(described), "headers": headers()},
    }
    for feature in FEATURES:
        made["components"]["schemas"] |= feature.schemas(described)
    if described.mode != "none" or described.outcomes:
        made["components"]["securitySchemes"] = _security_schemes(described)
    return made


def _security_schemes(described: Description) -> Node:
    found: Node = {}
    if described.outcomes:
        about = "Token of the hand-over, from `context.hand_over`."
        found["handOver"] = {"type": "http", "scheme": "bearer", "description": about}
    if described.mode == "jwt":
        issuer = described.authentication.get("issuer")
        about = f"Access token issued by {issuer}." if issuer else "Access token."
        found["jwt"] = {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": about,
        }
    signed = "AWS Signature Version 4 for the service execute-api."
    if described.mode == "iam":
        iam = {"type": "apiKey", "in": "header", "name": "authorization", "description": signed}
        found["iam"] = iam
    return found
