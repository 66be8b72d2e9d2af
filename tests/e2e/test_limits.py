"""The size of a request: SQS counts the body and the attributes together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from tests.deployed import Deployed

LIMIT = 262_144


def body_of(size: int) -> bytes:
    """A command whose body has exactly so many bytes."""
    empty = len(json.dumps({"type": "demo", "input": {"pad": ""}}))
    return json.dumps({"type": "demo", "input": {"pad": "x" * (size - empty)}}).encode()


def most(direct: Deployed) -> int:
    """The largest body of a PUT: SQS counts names, data types and values of attributes."""
    request_id = direct.api.put(f"small-{uuid4().hex}", b"{}").headers["apigw-requestid"]
    attributes = {"command_id_from": "MessageGroupId", "correlation_id": request_id}
    return LIMIT - sum(len(name + "String" + value) for name, value in attributes.items())


def test_one_byte_too_many_is_refused_by_the_api(direct: Deployed) -> None:
    """A body over the limit is an error right away, and no command comes of it."""
    command_id = f"large-{uuid4().hex}"
    assert direct.api.put(command_id, body_of(most(direct) + 1)).status == 400
    assert direct.api.get(command_id).status == 404


def test_the_largest_body_runs(direct: Deployed) -> None:
    """A body of exactly the limit is carried, stored and run."""
    command_id = f"large-{uuid4().hex}"
    answer = direct.api.put(command_id, body_of(most(direct)))
    assert answer.status == 202
    assert direct.ended(command_id)["status"] == "COMPLETED"
