"""Where this environment lets webhooks go; nothing of it can be set by a message."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Schemes, ports and hosts that are allowed; without a host nothing is called.

    A host like `.example.com` stands for all names below it, `*` for every public host. `loopback`
    opens this machine, for the local stack and tests alone: in Lambda it is where the runtime's own
    API listens.
    """

    http: bool = False
    ports: frozenset[int] = frozenset({443})
    hosts: tuple[str, ...] = ()
    loopback: bool = False
    secret: str = ""

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the rules; what is not set is closed."""
        http = environ.get("WEBHOOK_ALLOW_HTTP") == "true"
        ports = _list(environ.get("WEBHOOK_ALLOWED_PORTS", "")) or (("443", "80")[: 1 + http])
        return cls(
            http=http,
            ports=frozenset(map(int, ports)),
            hosts=tuple(host.lower() for host in _list(environ.get("WEBHOOK_ALLOWED_HOSTS", ""))),
            loopback=environ.get("WEBHOOK_ALLOW_LOOPBACK") == "true",
            secret=environ.get("WEBHOOK_SECRET", ""),
        )

    def allow(self, host: str) -> bool:
        """Whether a host may be called at all."""
        return any(
            rule in ("*", host) or (rule.startswith(".") and host.endswith(rule))
            for rule in self.hosts
        )


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
