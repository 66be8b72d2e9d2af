"""An error of SQS, in both of its protocols."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from ministack_extensions.http import Response

INVALID = "InvalidParameterValue"


@dataclass(frozen=True)
class Refusal:
    """What SQS says instead of taking a message; `senders` tells whose fault it is."""

    code: str
    message: str
    senders: bool = True

    def as_json(self) -> Response:
        """The error as the AWS JSON protocol spells it."""
        headers = (
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amzn-query-error", f"{self.code};Sender"),
        )
        error = {"__type": f"com.amazonaws.sqs#{self.code}", "message": self.message}
        return Response(400, headers, json.dumps(error).encode())

    def as_xml(self) -> Response:
        """The error as the AWS query protocol spells it."""
        body = (
            '<?xml version="1.0"?>'
            '<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error>'
            f"<Type>Sender</Type><Code>{self.code}</Code>"
            f"<Message>{escape(self.message)}</Message><Detail/></Error>"
            f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        )
        return Response(400, (("content-type", "text/xml"),), body.encode())

    def as_entry(self, identity: str) -> dict[str, Any]:
        """The error of one message of a batch, whose others may have been taken."""
        told = {"Id": identity, "Code": self.code, "Message": self.message}
        return {**told, "SenderFault": self.senders}
