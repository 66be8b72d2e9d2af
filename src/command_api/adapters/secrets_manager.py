"""Credentials from AWS Secrets Manager, kept for a few minutes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from command_api.domain.errors import SecretUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from aws_lambda_powertools.utilities.parameters import SecretsProvider


class SingleFlight:
    """Tells one in `pause` seconds to go first; whoever comes meanwhile waits until it is back.

    The clock is the wall's: the other one may stand still while Lambda freezes the process.
    """

    def __init__(self, pause: float, clock: Callable[[], float] = time.time) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._last: float | None = None

    def __enter__(self) -> bool:
        """Whether this one goes first; it counts even where it fails."""
        self._lock.acquire()
        now = self._clock()
        first = self._last is None or not 0 <= now - self._last < self._pause
        if first:
            self._last = now
        return first

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The next one, please."""
        self._lock.release()


@dataclass(eq=False, repr=False)
class SecretsManager:
    """The secrets below one prefix, such as `/dev/acme-jobs/`; cached for `max_age` seconds.

    Refreshing passes the cache by, at most once in `pause` seconds for each secret and process.
    Powertools and the client load with the first secret that a handler asks for.
    """

    client: Callable[[], Any]
    prefix: str
    max_age: int = 300
    pause: float = 10.0
    _provider: SecretsProvider | None = None
    _flights: dict[str, SingleFlight] = field(default_factory=dict)

    def get(self, purpose: str) -> str:
        """Read a secret's text by its purpose, the last part of its name."""
        return self._read(purpose, anew=False)

    def refresh(self, purpose: str) -> str:
        """Read it again, because its user was turned away with what `get` gave."""
        # All threads that meet here take the one that came first.
        flight = self._flights.setdefault(purpose, SingleFlight(self.pause))
        with flight as first:
            return self._read(purpose, anew=first)

    def _read(self, purpose: str, *, anew: bool) -> str:
        from aws_lambda_powertools.utilities import parameters  # noqa: PLC0415 - costs a cold start

        if self._provider is None:
            self._provider = parameters.SecretsProvider(boto3_client=self.client())
        name, age = self.prefix + purpose, self.max_age
        try:
            value = self._provider.get(name, max_age=age, force_fetch=anew)
        except (parameters.GetParameterError, ClientError, BotoCoreError) as error:
            message = f"The secret {purpose} cannot be read: seed it, or grant access to it."
            raise SecretUnavailable(message) from error
        if not isinstance(value, str):
            raise SecretUnavailable(f"The secret {purpose} is not text.")
        return value
