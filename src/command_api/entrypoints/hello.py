"""The hello function: `GET /hello` in, which code runs here out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from command_api.http.responses import respond

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(_event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Greet with the environment's name and the SHA-256 of the zip that was deployed to it."""
    environment = os.environ["ENVIRONMENT"]
    greeting = {
        "message": f"Hello from {environment}",
        "environment": environment,
        "package": os.environ["PACKAGE"],
    }
    return respond(200, greeting)
