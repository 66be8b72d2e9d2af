"""Environment variables that belong to Lambda; the emulator drops them in silence.

AWS: "Using Lambda environment variables" (configuration-envvars.html, reserved environment
variables): creating or updating a function with one of them is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ministack_extensions.http import json_response

if TYPE_CHECKING:
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

RESERVED = frozenset(
    [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    ]
)
_PATH = re.compile(r"^/2015-03-31/functions(/[^/]+/configuration)?/?$")


class ReservedEnvironment:
    """Refuses functions that set reserved variables."""

    def matches(self, request: Request) -> bool:
        """CreateFunction and UpdateFunctionConfiguration."""
        return request.method in ("POST", "PUT") and _PATH.match(request.path) is not None

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The refusal of Lambda, or the emulator's answer."""
        variables = (request.json().get("Environment") or {}).get("Variables") or {}
        used = sorted(RESERVED & variables.keys())
        if not used:
            return await emulator.call(request)
        message = (
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            f"for modification. Reserved keys used in this request: {', '.join(used)}"
        )
        return json_response(400, {"Type": "User", "Message": message}).with_header(
            "x-amzn-errortype", "InvalidParameterValueException"
        )
