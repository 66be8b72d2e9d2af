"""AWS clients, made as cheaply as a cold start deserves.

botocore is used without boto3: the same clients, a tenth of the import time less.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session, get_session

# A hanging call must cost less than the function's timeout, and a throttled one is worth a retry.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 4},
    tcp_keepalive=True,
    # As many as worker_batch_concurrency allows; a connection beyond would be opened for one call.
    max_pool_connections=100,
    # Together a fifth of what a write costs in CPU: our calls are made in few, tested places, and
    # the user agent would be put together anew for every request.
    parameter_validation=False,
    user_agent="async-api-blueprint",
)
# The version of the signature that every region takes in a presigned URL.
_S3 = Config(signature_version="s3v4")


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


@cache
def _session() -> Session:
    session = get_session()
    session.register_component("data_loader", _models)
    return session


@cache
def client(service: str) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
    """The client of an AWS service, one per process; endpoint and region from the environment."""
    config = _CONFIG.merge(_S3) if service == "s3" else _CONFIG
    _models.asked_for.append(service)
    return _session().create_client(service, config=config)
