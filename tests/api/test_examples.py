"""The worked examples do their work: deployed, with the worker's own grants, on real services."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from scripts.stack.clients import client

if TYPE_CHECKING:
    from scripts.stack.stack import LocalStack
    from tests.api.conftest import ApiUnderTest
    from tests.unit.webhooks.receiver import Receiver

pytestmark = [
    pytest.mark.parametrize("tested", ["direct"], indirect=True, scope="session"),
    pytest.mark.own_stack,
]
ORDER = {"productId": "p-1", "quantity": 2, "customerEmail": "ann@example.com", "unitPrice": 9.5}


def done(tested: ApiUnderTest, kind: str, work: dict[str, Any]) -> Any:
    """The result of a command."""
    shown = tested.ended(tested.api.submit(kind, work))
    assert shown["status"] == "COMPLETED", shown
    return shown["result"]


def test_an_order_is_accepted_and_stored(tested: ApiUnderTest, stack: LocalStack) -> None:
    """What the client is told at once is what the worker stores."""
    answer = tested.at("/orders").request("POST", "", json.dumps(ORDER))
    told = answer.json()
    assert answer.status == 202
    assert {"message", "orderId", "createdAt", "status"} <= told.keys()
    result = tested.ended(told["id"])["result"]
    assert (result["orderId"], result["createdAt"]) == (told["orderId"], told["createdAt"])
    table = tested.outputs["dynamodb_table_name"].replace("-commands", "-orders")
    key = {"orderId": {"S": told["orderId"]}}
    stored = client(stack, "dynamodb").get_item(TableName=table, Key=key)["Item"]
    assert stored["quantity"] == {"N": "2"}


def test_an_email_is_sent(tested: ApiUnderTest) -> None:
    """From the sender that the environment names, and with a grant for no other."""
    work = {"to": "ann@example.com", "subject": "Hello", "text": "It works."}
    assert done(tested, "send_email", work)


def test_a_webhook_is_delivered(tested: ApiUnderTest, receiver: Receiver) -> None:
    """Once, with the payload as it is."""
    url = f"http://127.0.0.1:{receiver.port}/hook"
    done(tested, "deliver_webhook", {"url": url, "payload": {"n": 1}})
    assert [(path, json.loads(body)) for path, _, body in receiver.received] == [
        ("/hook", {"n": 1})
    ]


def test_a_webhook_to_another_port_of_this_machine_is_refused(tested: ApiUnderTest) -> None:
    """What the environment does not name, no message can reach."""
    work = {"url": "http://127.0.0.1:1/hook", "payload": {}}
    shown = tested.ended(tested.api.submit("deliver_webhook", work))
    assert (shown["status"], shown["error"]["retryable"]) == ("FAILED", False)


def test_a_report_is_written(tested: ApiUnderTest, stack: LocalStack) -> None:
    """A table for programs and a page for people, in the reports' own bucket."""
    made = done(tested, "generate_report", {"sinceHours": 1})
    assert made["commands"] > 0
    s3 = client(stack, "s3")
    [bucket] = [it["Name"] for it in s3.list_buckets()["Buckets"] if "-reports" in it["Name"]]
    page = s3.get_object(Bucket=bucket, Key=made["htmlKey"])["Body"].read().decode()
    sheet = s3.get_object(Bucket=bucket, Key=made["csvKey"])["Body"].read().decode()
    assert "<svg" in page
    assert len(sheet.splitlines()) == made["commands"] + 1
