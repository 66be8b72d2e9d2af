"""HTTP faults, as a DynamoDB client meets them; the faults suite and the bench inject them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.session import get_session

from tests.http_faults import Fault, install

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 0.2


@pytest.fixture
def get(monkeypatch: pytest.MonkeyPatch) -> Callable[[Fault], object]:
    """Read an item while every attempt meets the fault."""
    monkeypatch.setattr(URLLib3Session, "send", URLLib3Session.send)
    session = get_session()
    session.set_credentials("test", "test")
    client: Any = session.create_client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        config=Config(read_timeout=TIMEOUT, retries={"total_max_attempts": 1}),
    )

    def call(fault: Fault) -> object:
        install(lambda _: fault)
        return client.get_item(TableName="commands", Key={"id": {"S": "1"}})

    return call


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.SERVER_ERROR, "InternalServerError"),
        (Fault.THROTTLED, "ProvisionedThroughputExceededException"),
    ],
)
def test_an_answer_is_the_one_that_dynamodb_gives(
    get: Callable[[Fault], object], fault: Fault, code: str
) -> None:
    """Clients see DynamoDB's own error codes."""
    with pytest.raises(ClientError) as raised:
        get(fault)
    assert raised.value.response["Error"]["Code"] == code


def test_a_refused_connection_is_an_error_of_the_connection(
    get: Callable[[Fault], object],
) -> None:
    """Clients see that nobody listens."""
    with pytest.raises(EndpointConnectionError):
        get(Fault.CONNECTION)


def test_a_hanging_call_lasts_as_long_as_the_client_waits(get: Callable[[Fault], object]) -> None:
    """The client's own timeout ends it."""
    began = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        get(Fault.HANG)
    assert TIMEOUT <= time.monotonic() - began < 10 * TIMEOUT
