"""What an environment tells the functions that clients talk to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from command_api.domain.queues import is_fifo
from command_api.settings.reading import WrongSetting, flag, json_object, required, routes

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class AccessSettings:
    """Whether commands have owners, and which scope sees those of all."""

    authenticated: bool
    admin_scope: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; what is not there is a deployment without owners."""
        return cls(
            authenticated=flag(environ, "AUTHENTICATED"),
            admin_scope=environ.get("ADMIN_SCOPE", ""),
        )


@dataclass(frozen=True, kw_only=True)
class DoorSettings:
    """What the submit function needs besides the store.

    `routes` says which type of command stands behind which path of its own, like `POST /orders`.
    """

    queue_url: str
    routes: Mapping[str, str]
    default_command_type: str

    @property
    def fifo(self) -> bool:
        """Whether the queue keeps an order."""
        return is_fifo(self.queue_url)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; MissingSetting or WrongSetting names the first that is not right."""
        return cls(
            queue_url=required(environ, "QUEUE_URL"),
            routes=routes(environ),
            default_command_type=required(environ, "DEFAULT_COMMAND_TYPE"),
        )


DOORS = ("direct", "validated", "rest")


@dataclass(frozen=True, kw_only=True)
class DescriptionSettings:
    """What the openapi function needs: the environment's choices."""

    door: str
    routes: Mapping[str, str]
    authentication: Mapping[str, Any]
    default_command_type: str
    fifo: bool
    title: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; WrongSetting names the first that is not right."""
        door = environ.get("DOOR") or "direct"
        if door not in DOORS:
            raise WrongSetting(f"DOOR must be one of {', '.join(DOORS)}")
        return cls(
            door=door,
            routes=routes(environ),
            authentication=json_object(environ, "AUTHENTICATION"),
            default_command_type=environ.get("DEFAULT_COMMAND_TYPE", ""),
            fifo=flag(environ, "FIFO_QUEUE"),
            title=environ.get("API_TITLE") or "Commands",
        )
