"""AWS clients for handlers: the framework's own, so that threads share their connections.

A client is made when a handler first needs it. The worker imports every handler at its cold start,
so nothing here imports botocore above a function.
"""

from __future__ import annotations

from typing import Any


def client(service: str, *, calls: int | None = None) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
    """The botocore client of a service, one per process, for any number of threads.

        from command_api.aws import client
        client("sns").publish(TopicArn=topic, Message=text)

    Endpoint, region and credentials come from the environment; what may be called is up to the
    function's role. `calls` is how often the client tries a call in all (default: DynamoDB 4,
    others 3). Give `calls=1` for a call that must not be repeated blindly, such as one without an
    idempotency key: a lost answer then fails the attempt, where it can be seen.

    It waits 10 seconds for an answer (DynamoDB, SQS and Secrets Manager 3). Parameters are not
    validated before a call: a misspelt one is a KeyError, a missing one the service's refusal.
    """
    from command_api.adapters.clients import client as shared  # noqa: PLC0415 - costs a cold start

    return shared(service, calls=calls)
