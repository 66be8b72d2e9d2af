"""Which errors of AWS are worth another try: connections, throttling and servers in trouble."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from botocore import exceptions

from command_api.adapters.dynamodb.table import Refused, Table
from command_api.adapters.sqs.queue import SQSQueue
from command_api.domain.errors import DoesNotFit, Unavailable
from tests.builders import fail, message

URL = "https://dynamodb.us-east-1.amazonaws.com"


def answered(code: str, status: int = 400, text: str = "no") -> exceptions.ClientError:
    """An error as AWS answers it."""
    response: Any = {
        "Error": {"Code": code, "Message": text},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return exceptions.ClientError(response, "UpdateItem")


LASTING = {
    "access denied": answered("AccessDeniedException"),
    "validation": answered("ValidationException"),
    "no table": answered("ResourceNotFoundException"),
    "not what was expected": answered("SerializationException"),
    "expired credentials": answered("ExpiredTokenException"),
    "no credentials": exceptions.NoCredentialsError(),
}
PASSING = {
    "throttled": answered("ThrottlingException"),
    "throughput": answered("ProvisionedThroughputExceededException"),
    "request limit": answered("RequestLimitExceeded"),
    "throttled by SQS": answered("RequestThrottled", 403),
    "server error": answered("InternalServerError", 500),
    "unavailable": answered("ServiceUnavailable", 503),
    "no name": exceptions.EndpointConnectionError(endpoint_url=URL),
    "connect timeout": exceptions.ConnectTimeoutError(endpoint_url=URL),
    "read timeout": exceptions.ReadTimeoutError(endpoint_url=URL),
    "closed": exceptions.ConnectionClosedError(endpoint_url=URL),
    "broken off": exceptions.HTTPClientError(error="broken off"),
    "TLS": exceptions.SSLError(endpoint_url=URL, error=OSError("handshake")),
}


class Broken:
    """A client whose every call raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        """The call."""

        def call(**_: object) -> NoReturn:
            fail(self.error)

        return call


def every_call(client: Broken) -> list[Any]:
    """What the worker asks of its table and its queue."""
    table = Table(client, "commands")
    queue = SQSQueue(lambda: client, "https://q", "https://dlq")
    return [
        lambda: table.update("c-1", "SET #a = :a", "#b = :a", {"a": {"S": "x"}}),
        lambda: table.put({"id": {"S": "c-1"}}),
        lambda: table.get("c-1"),
        lambda: queue.delay("r-1", 1),
        lambda: queue.dead_letter(message()),
        lambda: queue.delete([message()]),
        lambda: queue.copy(message(), 1),
    ]


@pytest.mark.parametrize("kind", LASTING)
def test_what_cannot_change_is_raised_as_it_is(kind: str) -> None:
    """Whoever repeats it waits in vain, and the log names its code."""
    for call in every_call(Broken(LASTING[kind])):
        with pytest.raises(type(LASTING[kind])) as raised:
            call()
        assert raised.value is LASTING[kind]


@pytest.mark.parametrize("kind", PASSING)
def test_what_may_pass_is_unavailable(kind: str) -> None:
    """With the error that it was as its cause."""
    for call in every_call(Broken(PASSING[kind])):
        with pytest.raises(Unavailable) as raised:
            call()
        assert raised.value.__cause__ is PASSING[kind]


def test_a_condition_that_did_not_hold_and_an_item_that_is_too_large_are_neither() -> None:
    """The first says what was there, the second that it can never be written."""
    (write, *_) = every_call(Broken(answered("ConditionalCheckFailedException")))
    with pytest.raises(Refused):
        write()
    text = "Item size to update has exceeded the maximum allowed size"
    (write, *_) = every_call(Broken(answered("ValidationException", text=text)))
    with pytest.raises(DoesNotFit):
        write()
