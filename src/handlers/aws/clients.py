"""AWS clients of handlers, made when a command first needs one.

The worker imports every handler at its cold start, so nothing here imports botocore above a
function. Endpoint, region and credentials come from the environment.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

_clients: dict[tuple[str, int], Any] = {}
# A client may be used by many threads, but made by only one at a time.
# https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#caveats
_making = Lock()


def client(service: str, *, calls: int = 3) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
    """The client of a service, one per process; `calls` is how often it tries a call in all.

    One call is for what must not be repeated blindly: a call without an idempotency key whose
    answer got lost. The worker then repeats the attempt, where that can be seen and counted.
    """
    from botocore.config import Config  # noqa: PLC0415 - costs a cold start
    from botocore.session import get_session  # noqa: PLC0415

    key = service, calls
    with _making:
        if key not in _clients:
            config = Config(
                connect_timeout=2,
                read_timeout=10,
                retries={"mode": "standard", "total_max_attempts": calls},
            )
            _clients[key] = get_session().create_client(service, config=config)
        return _clients[key]
