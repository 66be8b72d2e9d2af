"""The API as one OpenAPI 3.1 document: a pure function of what an environment has chosen."""

from command_api.openapi.description import Description
from command_api.openapi.document import document

__all__ = ["Description", "document"]
