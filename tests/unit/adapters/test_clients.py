"""AWS clients: one for framework and handlers, and what a service in trouble costs."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.session import Session

from command_api import aws
from command_api.adapters import clients
from command_api.adapters.s3 import S3Results

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = 80  # more than botocore's own pool of 10 by far
THROTTLED = {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}


@dataclass
class Service:
    """An AWS service on this machine: JSON answers, `refusals` of them throttling."""

    refusals: int = 0
    connections: int = 0
    requests: list[float] = field(default_factory=list)


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """The service's address, while it runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            service.connections += 1

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            service.requests.append(time.monotonic())
            refused = len(service.requests) <= service.refusals
            body = json.dumps(THROTTLED if refused else {}).encode()
            time.sleep(0.02)  # or one connection would do for all threads
            self.send_response(400 if refused else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 2 * THREADS

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def no_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No client is left from another test, and none is left to the next."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    clients._clients.clear()
    yield
    clients._clients.clear()


def test_threads_of_handlers_open_no_more_connections_than_the_pool_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each call of each thread finds an open connection, or one that it leaves for the next."""
    service, together = Service(), Barrier(THREADS)

    def work(_: int) -> None:
        together.wait()
        for _call in range(5):
            aws.client("dynamodb").get_item(TableName="t", Key={"id": {"S": "1"}})

    with serving(service) as address, ThreadPoolExecutor(THREADS) as pool:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        list(pool.map(work, range(THREADS)))
    assert len(service.requests) == 5 * THREADS
    assert service.connections <= THREADS


def test_threads_that_come_together_make_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making one takes long, and is not safe for two threads at once."""
    made: list[str] = []

    def create_client(_: Session, service: str, **_options: Any) -> object:
        made.append(service)
        time.sleep(0.02)
        return object()

    monkeypatch.setattr(Session, "create_client", create_client)
    with ThreadPoolExecutor(THREADS) as pool:
        found = set(pool.map(lambda _: aws.client("sqs"), range(THREADS)))
    assert made == ["sqs"]
    assert len(found) == 1


def test_handlers_and_framework_share_a_client() -> None:
    """But for calls that must not be repeated, which need one of their own."""
    assert aws.client("dynamodb") is clients.client("dynamodb") is aws.client("dynamodb", calls=4)
    assert aws.client("dynamodb", calls=1) is not clients.client("dynamodb")


def test_a_throttled_call_is_repeated_after_50_milliseconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And three times at most, each wait twice as long."""
    service = Service(refusals=3)
    with serving(service) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        clients.client("dynamodb").get_item(TableName="t", Key={"id": {"S": "1"}})
    one, two, three, four = service.requests
    assert two - one < 0.3
    assert 0.35 <= four - one < 1.5
    assert three - two >= 0.1


def test_a_single_call_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """What must not be repeated blindly fails with the first answer."""
    service = Service(refusals=1)
    with serving(service) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        with pytest.raises(ClientError):
            aws.client("dynamodb", calls=1).get_item(TableName="t", Key={"id": {"S": "1"}})
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("service", "call", "parameters", "longest"),
    [
        ("dynamodb", "get_item", {"TableName": "t", "Key": {}}, 12.5),
        ("sqs", "delete_message", {"QueueUrl": "http://q/1/q", "ReceiptHandle": "r"}, 12),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}, 12),
    ],
)
def test_a_service_that_hangs_costs_a_call_only_seconds(
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    call: str,
    parameters: dict[str, Any],
    longest: float,
) -> None:
    """Every call of it waits for its answer in vain, and the next one comes after a pause."""
    client, waited = clients.client(service), [0.0]

    def hang(**_: object) -> None:
        waited.append(client.meta.config.read_timeout)
        raise ReadTimeoutError(endpoint_url="http://hangs")

    client.meta.events.register("before-send", hang)
    monkeypatch.setattr("botocore.endpoint.time.sleep", waited.append)
    with pytest.raises(ReadTimeoutError):
        getattr(client, call)(**parameters)
    assert len(waited) > 2
    assert sum(waited) <= longest


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-southeast-5", "mx-central-1"])
def test_a_result_url_names_the_buckets_region(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    """The global host knows neither newer regions nor a bucket of today."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    url = urlsplit(S3Results(lambda: clients.client("s3"), "results").url("k/t.json"))
    assert (url.netloc, url.path) == (f"results.s3.{region}.amazonaws.com", "/k/t.json")
    assert f"%2F{region}%2Fs3%2F" in url.query
