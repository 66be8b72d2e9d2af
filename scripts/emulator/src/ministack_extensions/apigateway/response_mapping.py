"""Response parameter mapping of HTTP APIs.

AWS: "Transforming API responses" in
apigateway/latest/developerguide/http-api-parameter-mapping.html. Keys are
`append|overwrite|remove:header.NAME` and `overwrite:statuscode`, per status of the integration.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.apigateway.mapping import Sources
    from ministack_extensions.http import Response


def mapped_response(
    integration: Mapping[str, Any], response: Response, sources: Sources
) -> Response:
    """The response after the mappings for its status; a mapping without a value is skipped."""
    all_mappings = integration.get("responseParameters") or {}
    mappings: Mapping[str, str] = all_mappings.get(str(response.status), {})
    sources = replace(sources, response=response)
    for key, template in mappings.items():
        value = sources.evaluate(template)
        verb, _, target = key.partition(":")
        name = target.removeprefix("header.").lower()
        if verb == "remove":
            kept = tuple(pair for pair in response.headers if pair[0] != name)
            response = replace(response, headers=kept)
        elif value is None:
            continue
        elif target == "statuscode":
            response = replace(response, status=int(value))
        elif verb == "append" and (present := response.header(name)):
            response = response.with_header(name, f"{present},{value}")
        else:
            response = response.with_header(name, value)
    return response
