"""Who may call: asked of the emulator, which checks signatures and policies.

AWS: "Control access to a REST API with IAM permissions". The emulator's own integration is inert,
so the same request goes through it whole, and only its refusals count. Lambda authorizers and
Cognito are not covered: such methods answer 500.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack_extensions.restapi.errors import KINDS, Refused

if TYPE_CHECKING:
    from ministack_extensions.restapi.call import Call
    from ministack_extensions.restapi.definition import Match
    from ministack_extensions.upstream import Emulator

_KINDS = {
    "AccessDeniedException": "ACCESS_DENIED",
    "ExpiredTokenException": "EXPIRED_TOKEN",
    "IncompleteSignatureException": "DEFAULT_4XX",
    "InvalidSignatureException": "INVALID_SIGNATURE",
    "MissingAuthenticationTokenException": "MISSING_AUTHENTICATION_TOKEN",
    "UnrecognizedClientException": "DEFAULT_4XX",
}


async def authorize(call: Call, match: Match, emulator: Emulator) -> None:
    """Raise Refused for a request that may not call the method."""
    kind = match.method.get("authorizationType") or "NONE"
    if kind == "NONE":
        return
    if kind != "AWS_IAM":
        call.context["integrationErrorMessage"] = f"The local stack has no {kind} authorization"
        raise Refused("API_CONFIGURATION_ERROR")
    if not call.request.header("authorization") and "X-Amz-Signature" not in call.request.query:
        raise Refused("MISSING_AUTHENTICATION_TOKEN")
    answer = await emulator.call(call.request)
    error_type = (answer.header("x-amzn-errortype") or "").partition(":")[0]
    if refused := _KINDS.get(error_type):
        document = answer.json()
        message = document.get("message") or document.get("Message") or KINDS[refused].message
        raise Refused(refused, str(message))
