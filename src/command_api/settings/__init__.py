"""What an environment tells its functions, read once per cold start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from command_api.domain.queues import is_fifo
from command_api.settings.reading import required

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """Where the commands are: all that the status function needs."""

    table_name: str
    ttl_attribute: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; MissingSetting names the first variable that is not there."""
        return cls(
            table_name=required(environ, "TABLE_NAME"),
            ttl_attribute=required(environ, "TTL_ATTRIBUTE"),
        )


@dataclass(frozen=True, kw_only=True)
class ResultSettings:
    """Where large results are; no bucket means that a result must fit into its record."""

    bucket: str | None
    url_seconds: int

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings."""
        return cls(
            bucket=environ.get("RESULTS_BUCKET"),
            url_seconds=int(environ.get("RESULT_URL_SECONDS", "300")),
        )


@dataclass(frozen=True, kw_only=True)
class StatusSettings:
    """What the status function needs besides the store; `max_wait` is in seconds."""

    store: StoreSettings
    results: ResultSettings
    max_wait: int

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; MissingSetting names the first variable that is not there."""
        return cls(
            store=StoreSettings.read(environ),
            results=ResultSettings.read(environ),
            max_wait=int(environ.get("MAX_WAIT_SECONDS", "0")),
        )


@dataclass(frozen=True, kw_only=True)
class CancelSettings:
    """What the cancel function needs besides the store."""

    store: StoreSettings
    retention: timedelta

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; MissingSetting names the first variable that is not there."""
        return cls(
            store=StoreSettings.read(environ),
            retention=timedelta(days=int(required(environ, "RETENTION_DAYS"))),
        )


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    """What the worker needs besides the store."""

    store: StoreSettings
    queue_url: str
    dlq_url: str
    default_command_type: str
    max_attempts: int
    concurrency: int
    retention: timedelta
    secret_prefix: str
    paused_types: frozenset[str]
    pause_seconds: float

    @property
    def fifo(self) -> bool:
        """Whether the queue keeps an order."""
        return is_fifo(self.queue_url)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; MissingSetting names the first variable that is not there."""
        return cls(
            store=StoreSettings.read(environ),
            queue_url=required(environ, "QUEUE_URL"),
            dlq_url=required(environ, "DLQ_URL"),
            default_command_type=required(environ, "DEFAULT_COMMAND_TYPE"),
            max_attempts=int(required(environ, "MAX_ATTEMPTS")),
            concurrency=int(required(environ, "BATCH_CONCURRENCY")),
            retention=timedelta(days=int(required(environ, "RETENTION_DAYS"))),
            secret_prefix=required(environ, "SECRET_PREFIX"),
            paused_types=frozenset(environ.get("PAUSED_TYPES", "").split(",")) - {""},
            pause_seconds=float(environ.get("PAUSE_SECONDS", "240")),
        )
