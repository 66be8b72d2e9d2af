"""Entries that EventBridge refuses, and a subscription's ARN before it is confirmed.

AWS: the EventBridge API reference (API_PutEventsResultEntry.html): an entry is taken or refused for
itself. A bus that does not exist refuses none: AWS answers with success and drops the event, as the
emulator does (https://github.com/aws/aws-sdk/issues/186). And the SNS API reference
(API_Subscribe.html): `ReturnSubscriptionArn`.

One of the files that know the emulator from inside: the caller has signed all entries together,
so that the emulator cannot be given a part of them.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import eventbridge, sns

_PENDING = b"pending confirmation"


def refuse_entries() -> None:
    """Let PutEvents of this process answer by entry."""
    put = eventbridge._put_events  # noqa: SLF001

    def judged(request: dict[str, Any], **options: Any) -> Any:  # noqa: ANN401 - as it is called
        entries = request.get("Entries", [])
        refused = {n: why for n, entry in enumerate(entries) if (why := _refusal(entry))}
        taken = [entry for n, entry in enumerate(entries) if n not in refused]
        status, headers, body = put({**request, "Entries": taken}, **options)
        if status != 200 or not refused:  # noqa: PLR2004
            return status, headers, body
        answer = json.loads(body)
        rest = iter(answer["Entries"])
        told = [refused.get(n) or next(rest) for n in range(len(entries))]
        count = answer["FailedEntryCount"] + len(refused)
        return status, headers, json.dumps({"FailedEntryCount": count, "Entries": told}).encode()

    eventbridge._put_events = judged  # noqa: SLF001


def _refusal(entry: dict[str, Any]) -> dict[str, str] | None:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            reason = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": reason}
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    return None


def return_subscription_arns() -> None:
    """Let Subscribe of this process answer with the ARN where it is asked to."""
    subscribe = sns._subscribe  # noqa: SLF001

    def answered(request: dict[str, Any]) -> Any:  # noqa: ANN401 - as it is called
        status, headers, body = subscribe(request)
        if str(sns._p(request, "ReturnSubscriptionArn")).lower() == "true":  # noqa: SLF001
            topic, protocol, endpoint = (
                sns._p(request, name)  # noqa: SLF001
                for name in ("TopicArn", "Protocol", "Endpoint")
            )
            for one in sns._topics.get(topic, {}).get("subscriptions", ()):  # noqa: SLF001
                if (one["protocol"], one["endpoint"]) == (protocol, endpoint):
                    body = body.replace(_PENDING, one["arn"].encode())
        return status, headers, body

    sns._subscribe = answered  # noqa: SLF001
