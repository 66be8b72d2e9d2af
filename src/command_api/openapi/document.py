"""The whole document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.openapi.answers import headers
from command_api.openapi.paths import paths
from command_api.openapi.schemas import schemas

if TYPE_CHECKING:
    from command_api.openapi.description import Description, Node

_ABOUT = (
    "Commands are taken at once and run later: submit one, and ask for it by its id until it has "
    "ended. Errors are problem documents (RFC 9457)."
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
    if described.mode != "none":
        made["components"]["securitySchemes"] = _security_schemes(described)
    return made


def _security_schemes(described: Description) -> Node:
    if described.mode == "jwt":
        issuer = described.authentication.get("issuer")
        about = f"A token of {issuer}." if issuer else "A token."
        return {
            "jwt": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": about,
            }
        }
    signed = "A request signed by AWS Signature Version 4 for execute-api."
    return {
        "iam": {"type": "apiKey", "in": "header", "name": "authorization", "description": signed}
    }
