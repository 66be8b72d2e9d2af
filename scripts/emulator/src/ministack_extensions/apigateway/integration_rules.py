"""What API Gateway refuses when an AWS service integration is created or updated.

AWS: http-api-develop-integrations-aws-services-reference.html for the parameters,
http-api-parameter-mapping.html for reserved headers. That static JSON is no valid source for
MessageAttributes is documented nowhere, but seen on AWS (hashicorp/terraform-provider-aws#17348).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ministack_extensions.apigateway.mapping import has_expression
from ministack_extensions.apigateway.sqs_send_message import (
    ATTRIBUTE_LISTS,
    OPTIONAL,
    REQUIRED,
    SUBTYPE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_KNOWN = {*REQUIRED, *OPTIONAL, *ATTRIBUTE_LISTS, "Region"}
_RESPONSE_KEY = re.compile(r"(append|overwrite|remove):header\.([\w-]+)|overwrite:statuscode")
_RESERVED = re.compile(
    r"(access-control-|apigw-|x-amz-|x-amzn-).*|authorization|connection|content-encoding"
    r"|content-length|content-location|forwarded|keep-alive|origin|proxy-authenticate"
    r"|proxy-authorization|te|trailers|transfer-encoding|upgrade|via|x-forwarded-(for|host|proto)"
)


def invalid(integration: Mapping[str, Any]) -> str | None:
    """Why AWS would refuse the integration, or None."""
    if integration.get("integrationSubtype") != SUBTYPE:
        return None
    checks = (
        _parameters(integration.get("requestParameters")),
        _responses(integration.get("responseParameters") or {}),
        None if integration.get("credentialsArn") else f"{SUBTYPE} needs credentialsArn",
    )
    return next((problem for problem in checks if problem), None)


def _parameters(parameters: Mapping[str, str] | None) -> str | None:
    if parameters is None:
        return None  # an update that leaves them alone
    missing = [name for name in REQUIRED if not parameters.get(name)]
    if missing:
        return f"Missing required parameters for {SUBTYPE}: {', '.join(missing)}"
    unknown = sorted(set(parameters) - _KNOWN)
    if unknown:
        return f"Unknown parameters for {SUBTYPE}: {', '.join(unknown)}"
    for name in ATTRIBUTE_LISTS:
        source = parameters.get(name)
        if source is not None and not has_expression(source):
            return (
                "Invalid selection expression specified: Validation Result: warnings : [], "
                f"errors : [Invalid source: {source} specified for destination: {name}]"
            )
    return None


def _responses(responses: Mapping[str, Mapping[str, str]]) -> str | None:
    for status, mappings in responses.items():
        if not re.fullmatch(r"[2-5]\d\d", status):
            return f"Response parameters need a status code from 200 to 599, not {status}"
        for key in mappings or {}:
            found = _RESPONSE_KEY.fullmatch(key)
            if found is None:
                return f"Invalid mapping destination: {key}"
            if found[2] and _RESERVED.fullmatch(found[2].lower()):
                return f"Operations on header {found[2]} are restricted"
    return None
