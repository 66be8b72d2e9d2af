"""AWS clients, shared by the framework and the handlers, and cheap at a cold start.

botocore is used without boto3: the same clients, a tenth of the import time less.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, Literal, NamedTuple

from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session, get_session


class _Patience(NamedTuple):
    """Seconds to wait for an answer, calls in all, and botocore's mode of repeating them."""

    seconds: float
    calls: int
    mode: Literal["standard", "legacy"] = "standard"


_CONFIG = Config(
    connect_timeout=1,
    tcp_keepalive=True,
    # As many as worker.batch_concurrency allows; a connection beyond would be opened for one call.
    max_pool_connections=100,
    # Together a fifth of what a write costs in CPU. Without the validation an unknown parameter is
    # a KeyError and a missing one is refused by AWS; the user agent would be put together anew for
    # every request.
    parameter_validation=False,
    user_agent="async-api-blueprint",
)
# A hanging service must cost less than the function's timeout: the table 12.4 s (four calls, and
# 0.05, 0.1 and 0.2 s in between), queue and secrets 12 s at most. Answers take milliseconds there.
# The standard mode waits up to a second before it repeats a call for the first time. The legacy one
# knows DynamoDB: 50 ms, then doubled, which is what a throttled partition needs.
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
_PATIENCE = {
    "dynamodb": _Patience(3, 4, "legacy"),
    "sqs": _Patience(3, 3),
    # One connection that is too slow must not hold up the others.
    "apigatewaymanagementapi": _Patience(2, 3),
    "scheduler": _Patience(3, 3),
    "secretsmanager": _Patience(3, 3),
}
# Others compute, or take files.
_OTHERS = _Patience(10, 3)
# A presigned URL in the version of the signature that every region takes, for the bucket's own
# region. The global host that botocore would sign for knows neither the regions since 2019 nor a
# bucket that is younger than a day.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#s3-legacy-endpoints
_S3 = Config(
    signature_version="s3v4",
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
)


class _Models(Loader):
    """botocore's models, without a look into the folders of all 400 services for each of them.

    That look would cost a tenth of a cold start; a service that is not there fails all the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked_for: list[str] = []

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        return self.asked_for


_models = _Models()
_clients: dict[tuple[str, int, str | None], Any] = {}
# Many threads may use a client, but only one at a time may make one.
# https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#caveats
_making = Lock()


@cache
def _session() -> Session:
    session = get_session()
    session.register_component("data_loader", _models)
    return session


def client(service: str, *, calls: int | None = None, endpoint: str | None = None) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
    """The client of an AWS service, one per process; endpoint and region from the environment.

    `calls` is how often it tries a call in all, None for the service's default. `endpoint` is the
    URL of a service that has none of its own.
    """
    patience = _PATIENCE.get(service, _OTHERS)
    if calls is not None:
        patience = patience._replace(calls=calls)
    key = service, patience.calls, endpoint
    if (known := _clients.get(key)) is not None:
        return known
    with _making:
        if key not in _clients:
            _models.asked_for.append(service)
            config = _config(service, patience)
            _clients[key] = _session().create_client(service, config=config, endpoint_url=endpoint)
        return _clients[key]


def _config(service: str, patience: _Patience) -> Config:
    config = Config(
        read_timeout=patience.seconds,
        retries={"mode": patience.mode, "total_max_attempts": patience.calls},
    )
    config = _CONFIG.merge(config)
    return config.merge(_S3) if service == "s3" else config
