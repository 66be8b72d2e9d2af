"""Published versions of functions: the emulator lets an alias point to one that there is not.

AWS: CreateAlias and UpdateAlias in the Lambda API reference (ResourceNotFoundException), and
"Manage Lambda function versions" (configuration-versions.html): a version's ARN ends with its
number. The emulator forgets that for a version that was published with the function itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ministack_extensions.http import Request, json_response
from ministack_extensions.upstream import signed_for

if TYPE_CHECKING:
    from ministack_extensions.http import Response
    from ministack_extensions.upstream import Emulator

_FUNCTION = "/2015-03-31/functions/"
_ALIAS = re.compile(rf"^{_FUNCTION}[^/]+/aliases(?:/[^/]+)?/?$")
_VERSIONS = re.compile(rf"^{_FUNCTION}[^/]+/versions/?$")
_LATEST = "$LATEST"


@dataclass(frozen=True)
class PublishedVersions:
    """Aliases point to what is published, and versions say which one they are."""

    def matches(self, request: Request) -> bool:
        """CreateAlias, UpdateAlias and ListVersionsByFunction."""
        pattern = _VERSIONS if request.method == "GET" else _ALIAS
        return request.method in ("GET", "POST", "PUT") and bool(pattern.match(request.path))

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The refusal of Lambda, or the emulator's answer with every version's own ARN."""
        if request.method != "GET":
            return await _missing(request, emulator) or await emulator.call(request)
        response = await emulator.call(request)
        document = response.json()
        for one in document.get("Versions", []):
            number = one["Version"]
            if number != _LATEST and not one["FunctionArn"].endswith(f":{number}"):
                one["FunctionArn"] += f":{number}"
        return replace(response, body=json.dumps(document).encode()) if response.ok else response


async def _missing(request: Request, emulator: Emulator) -> Response | None:
    version = str(request.json().get("FunctionVersion", _LATEST))
    path = f"{request.path.partition('/aliases')[0]}/configuration"
    region = signed_for(request)[0]
    function = await emulator.call(emulator.signed("lambda", region, Request("GET", path)))
    asked = Request("GET", path, query=urlencode({"Qualifier": version}))
    published = await emulator.call(emulator.signed("lambda", region, asked))
    if published.ok or not function.ok:
        return None
    message = f"Function not found: {function.json()['FunctionArn']}:{version}"
    return json_response(404, {"Type": "User", "Message": message}).with_header(
        "x-amzn-errortype", "ResourceNotFoundException"
    )
