"""What works only with a grant of the functions for batches and uploads.

A grant is told by its policy as well: one action may be granted for several resources.
"""

from __future__ import annotations

import json
import time
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests

from tests.e2e.asked import AT_ONCE, READS_STREAM, may, the_mapping_may

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.asked import Probe
    from tests.environment import Environment

SUBMIT, SHOW = "submit", "batches"
COUNTER, TRANSFER = "batch_counter", "batch_transfer"
SETTINGS: dict[str, Any] = {"api": {"submission": "validated", "batches": True, "uploads": True}}
# An upload runs, is counted, followed and listed within seconds, and on a busy machine in more.
RUNS_SECONDS = 30.0
# Too large for its command's item, so that it is stored in one of its own.
LARGE = {"text": "x" * 1000}


def it_runs_an_upload(environment: Environment) -> bool:
    """A line becomes a command, is counted, followed and listed."""
    return bool(_upload(environment))


def it_takes_an_upload(environment: Environment) -> bool:
    """The batch is written down, and its URL works with the rights of who signed it."""
    return bool(_opened(environment, b'{"type": "echo"}\n'))


def it_shows_a_batch(environment: Environment) -> bool:
    """Header and counts."""
    return requests.get(_url(environment, "batches/nobody-knows-it"), timeout=30).status_code == 404


def it_hands_out_results(environment: Environment) -> bool:
    """The URL in the answer works with the rights of who signed it."""
    shown = requests.get(_url(environment, f"batches/{_upload(environment)}"), timeout=30).json()
    return requests.get(shown["resultsUrl"], timeout=30).ok


def it_cancels_a_batch(environment: Environment) -> bool:
    """The request is noted, and members that wait are taken back."""
    body = {"commands": [{"type": "echo", "delaySeconds": 600}]}
    batch_id = _posted(environment, body).json()["id"]
    cancelled = requests.delete(_url(environment, f"batches/{batch_id}"), timeout=30).ok
    member = environment.api.get(f"{batch_id}.0").json()
    return cancelled and member["status"] == "CANCELLED"


def it_cancels_an_upload(environment: Environment) -> bool:
    """What was uploaded is taken back by the transfer, which learns of it by a message."""
    body = {"upload": {"bytes": 1, "sha256": "0" * 64}}
    batch_id = _posted(environment, body).json()["id"]
    return requests.delete(_url(environment, f"batches/{batch_id}"), timeout=30).ok


def the_transfers_may(operation: str, **arguments: Any) -> Probe:
    """What the transfer and Lambda's poller do with the queue of transfers."""
    return may(TRANSFER, "sqs", operation, lambda env: _queue(env, "batch-transfer", arguments))


def _an_input(environment: Environment) -> dict[str, Any]:
    table = environment.outputs["dynamodb_table_name"]
    return {"TableName": table, "Key": {"id": {"S": "input/probe/0"}}}


def _a_follower(environment: Environment) -> dict[str, Any]:
    tables = environment.client("dynamodb").list_tables()["TableNames"]
    [table] = [one for one in tables if one.endswith("-batches")]
    return {"TableName": table, "Key": {"id": {"S": "nothing"}, "part": {"S": "then#"}}}


def _uncounted(environment: Environment) -> dict[str, Any]:
    return _queue(environment, "batch-failures", {"MessageBody": "probe"})


def _queue(environment: Environment, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    urls = environment.client("sqs").list_queues()["QueueUrls"]
    [url] = [one for one in urls if one.endswith(f"-{name}")]
    return {"QueueUrl": url, **arguments}


def _url(environment: Environment, path: str) -> str:
    return f"{environment.outputs['api_endpoint']}/{path}"


def _posted(environment: Environment, body: Mapping[str, Any]) -> requests.Response:
    headers = {"idempotency-key": uuid4().hex}
    return requests.post(_url(environment, "batches"), json=body, headers=headers, timeout=30)


def _opened(environment: Environment, lines: bytes) -> str:
    """The id of an uploaded batch; empty where it was not taken."""
    upload = {"bytes": len(lines), "sha256": sha256(lines).hexdigest()}
    then = {"type": "echo", "input": LARGE}
    answer = _posted(environment, {"upload": upload, "then": then})
    if not answer.ok:
        return ""
    place = answer.json()["upload"]
    sent = requests.put(place["url"], data=lines, headers=place["headers"], timeout=30)
    return str(answer.json()["id"]) if sent.ok else ""


def _upload(environment: Environment) -> str:
    """The id of an uploaded batch that was followed and listed in time; empty otherwise."""
    # A line that is none is written down by the transfer itself.
    lines = json.dumps({"type": "echo", "input": LARGE}).encode() + b"\nnone\n"
    batch_id = _opened(environment, lines)
    deadline = time.monotonic() + RUNS_SECONDS
    while batch_id and time.monotonic() < deadline:
        shown = requests.get(_url(environment, f"batches/{batch_id}"), timeout=30).json()
        then = environment.api.get(f"{batch_id}.then")
        ended = then.status == HTTPStatus.OK and then.json()["status"] == "COMPLETED"
        if ended and "resultsUrl" in shown:
            return batch_id
        time.sleep(0.3)
    return ""


_RUN = {
    COUNTER: {
        "count": ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "sqs:SendMessage"),
        "commands": ("dynamodb:UpdateItem",),
        "store_inputs": ("dynamodb:PutItem",),
        "send": ("sqs:SendMessage",),
    },
    TRANSFER: {
        "transfer": (
            *("dynamodb:Query", "dynamodb:UpdateItem"),
            *("s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"),
        ),
        "commands": ("dynamodb:UpdateItem",),
        "store_inputs": ("dynamodb:PutItem",),
        "send": ("sqs:SendMessage",),
        "read_many": ("dynamodb:BatchGetItem",),
    },
}
BATCHED: dict[tuple[str, str, str], Probe] = {
    (SUBMIT, "batches", "dynamodb:UpdateItem"): it_takes_an_upload,
    (SUBMIT, "batches", "s3:PutObject"): it_takes_an_upload,
    (SHOW, "batches", "dynamodb:Query"): it_shows_a_batch,
    (SHOW, "batches", "dynamodb:UpdateItem"): it_cancels_a_batch,
    (SHOW, "commands", "dynamodb:UpdateItem"): it_cancels_a_batch,
    (SHOW, "batches", "sqs:SendMessage"): it_cancels_an_upload,
    (SHOW, "batches", "s3:GetObject"): it_hands_out_results,
    **{
        (owner, policy, action): it_runs_an_upload
        for owner, policies in _RUN.items()
        for policy, actions in policies.items()
        for action in actions
    },
    **{(COUNTER, "stream", action): the_mapping_may(COUNTER, action) for action in READS_STREAM},
    (COUNTER, "give_up", "sqs:SendMessage"): may(COUNTER, "sqs", "send_message", _uncounted),
    (COUNTER, "read_inputs", "dynamodb:GetItem"): may(COUNTER, "dynamodb", "get_item", _an_input),
    (TRANSFER, "read_inputs", "dynamodb:GetItem"): may(TRANSFER, "dynamodb", "get_item", _an_input),
    # Where all members have ended before the last line was noted as read.
    (TRANSFER, "transfer", "dynamodb:GetItem"): may(TRANSFER, "dynamodb", "get_item", _a_follower),
    (TRANSFER, "transfer", "sqs:SendMessage"): the_transfers_may("send_message", MessageBody="{}"),
    (TRANSFER, "transfer", "sqs:ReceiveMessage"): the_transfers_may("receive_message", **AT_ONCE),
    (TRANSFER, "transfer", "sqs:GetQueueAttributes"): the_transfers_may("get_queue_attributes"),
    (TRANSFER, "transfer", "sqs:DeleteMessage"): the_transfers_may(
        "delete_message", ReceiptHandle="none"
    ),
    (TRANSFER, "transfer", "sqs:ChangeMessageVisibility"): the_transfers_may(
        "change_message_visibility", ReceiptHandle="none", VisibilityTimeout=0
    ),
}
