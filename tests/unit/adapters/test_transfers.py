"""The queue of transfers, and the objects of batches in S3."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from command_api.adapters.dynamodb.many import TRIES, ManyCommands
from command_api.adapters.s3_batches import S3BatchFiles
from command_api.adapters.sqs.transfers import TransferQueue, batches_in
from command_api.domain.batch_ports import UploadGone
from command_api.domain.errors import Unavailable


def failing(code: str, status: int = 400) -> ClientError:
    """AWS's refusal."""
    told = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "Operation")  # type: ignore[arg-type]


class Client:
    """A client that gives these answers by operation, and notes what it was asked."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers, self.asked = answers, []  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.asked.append((name, arguments))
            answer = self.answers[name].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"batchId": "key-1"}, ["key-1"]),
        ({"Event": "s3:TestEvent"}, []),
        ({"Records": [{"s3": {"object": {"key": "uploads/key-1.jsonl"}}}]}, ["key-1"]),
        ({"Records": [{"s3": {"object": {"key": "uploads/a%2Fb+c.jsonl"}}}]}, []),
        ({"Records": []}, []),
    ],
)
def test_a_message_names_batches(body: object, named: list[str]) -> None:
    """Ours, and S3's; never a key that is no id."""
    assert list(batches_in(json.dumps(body))) == named


def test_a_batch_is_looked_at_after_a_while() -> None:
    """Or at once."""
    client = Client(send_message=[{}, {}])
    queue = TransferQueue(lambda: client, "url")
    queue.put("key-1")
    queue.put("key-1", timedelta(seconds=9.5))
    body = json.dumps({"batchId": "key-1"})
    assert [arguments for _, arguments in client.asked] == [
        {"QueueUrl": "url", "MessageBody": body},
        {"QueueUrl": "url", "MessageBody": body, "DelaySeconds": 10},
    ]


def test_a_range_is_read() -> None:
    """Of what the batch's client has uploaded."""
    client = Client(get_object=[{"Body": BytesIO(b"abc")}])
    assert S3BatchFiles(lambda: client, "bucket").read("key-1", 10, 3) == b"abc"
    asked = {"Bucket": "bucket", "Key": "uploads/key-1.jsonl", "Range": "bytes=10-12"}
    assert client.asked == [("get_object", asked)]


def test_parts_are_put_together_whatever_their_number() -> None:
    """S3 lists a thousand at a time."""
    pages = [
        {"Parts": [{"PartNumber": 1, "ETag": "a"}], "IsTruncated": True, "NextPartNumberMarker": 1},
        {"Parts": [{"PartNumber": 2, "ETag": "b"}], "IsTruncated": False},
    ]
    client = Client(list_parts=pages, complete_multipart_upload=[{}])
    S3BatchFiles(lambda: client, "bucket").finish("key-1", "u")
    _, second, (_, done) = client.asked
    assert second[1]["PartNumberMarker"] == 1
    assert [one["ETag"] for one in done["MultipartUpload"]["Parts"]] == ["a", "b"]


@pytest.mark.parametrize("operation", ["upload_part", "list_parts"])
def test_an_upload_that_is_over_is_gone(operation: str) -> None:
    """It was finished by a call whose answer got lost, or given up by the bucket."""
    files = S3BatchFiles(lambda: Client(**{operation: [failing("NoSuchUpload", 404)]}), "bucket")
    with pytest.raises(UploadGone):
        files.part("b", "u", 1, b"") if operation == "upload_part" else files.finish("b", "u")


@pytest.mark.parametrize("code", ["404", "403"])
def test_results_that_are_not_there_do_not_exist(code: str) -> None:
    """S3 says which only to whoever may list the bucket."""
    client = Client(head_object=[failing(code, int(code)), {}])
    files = S3BatchFiles(lambda: client, "bucket")
    assert (files.exists("b"), files.exists("b")) == (False, True)


def test_trouble_of_s3_is_unavailable() -> None:
    """The same call may succeed later."""
    client = Client(head_object=[failing("500", 500)], upload_part=[failing("SlowDown", 503)])
    files = S3BatchFiles(lambda: client, "bucket")
    with pytest.raises(Unavailable):
        files.exists("b")
    with pytest.raises(Unavailable):
        files.part("b", "u", 1, b"")


def item(command_id: str) -> dict[str, Any]:
    """A stored command."""
    moment = {"S": "2030-01-02T03:04:05.000Z"}
    return {
        "id": {"S": command_id},
        "status": {"S": "COMPLETED"},
        "attempts": {"N": "1"},
        "maxAttempts": {"N": "3"},
        "messageId": {"S": "m"},
        "createdAt": moment,
        "updatedAt": moment,
    }


def test_commands_that_dynamodb_leaves_out_are_asked_for_again() -> None:
    """With pauses; those that are unknown are left out."""
    rest = {"t": {"Keys": [{"id": {"S": "b"}}]}}
    client = Client(
        batch_get_item=[
            {"Responses": {"t": [item("a")]}, "UnprocessedKeys": rest},
            {"Responses": {"t": [item("b")]}},
        ]
    )
    pauses: list[float] = []
    found = ManyCommands(client, "t", "expiresAt", pauses.append).get_many(["a", "b", "c"])
    assert sorted(found) == ["a", "b"]
    assert (client.asked[1][1]["RequestItems"], len(pauses)) == (rest, 1)


def test_a_table_that_stays_throttled_is_unavailable() -> None:
    """After seconds."""
    rest = {"t": {"Keys": [{"id": {"S": "b"}}]}}
    client = Client(batch_get_item=[{"Responses": {}, "UnprocessedKeys": rest}] * TRIES)
    with pytest.raises(Unavailable):
        ManyCommands(client, "t", "expiresAt", lambda _: None).get_many(["b"])
