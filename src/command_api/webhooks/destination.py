"""A URL taken apart, if it is one that may be called."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from command_api.domain.errors import Rejected

if TYPE_CHECKING:
    from command_api.webhooks.rules import Rules

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
# Visible ASCII but quotes, brackets, backslash and what else has no place in a URL unescaped.
_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,2048}")
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Destination:
    """Whom to call and for what; `target` is path and query, and belongs into no log."""

    host: str
    port: int
    tls: bool
    target: str

    @classmethod
    def of(cls, url: str, rules: Rules) -> Self:
        """Take the URL apart; Rejected where the environment does not let webhooks go there."""
        unfit = _refused("The URL is invalid.", "url")
        if not _URL.fullmatch(url):
            raise unfit
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise unfit from None
        if parts.scheme not in (("https", "http") if rules.http else ("https",)):
            raise _refused(f"The URL scheme {parts.scheme or '(none)'} is not allowed.", "scheme")
        if parts.username is not None or parts.password is not None:
            raise _refused("The URL must not contain credentials.", "credentials")
        if not _is_host(host):
            raise _refused("The URL's host is invalid.", "host")
        port = port if port is not None else _PORTS[parts.scheme]
        if port not in rules.ports:
            raise _refused(f"Port {port} is not allowed.", "port")
        if not rules.allow(host):
            raise _refused("The URL's host is not allowed.", "host")
        query = f"?{parts.query}" if parts.query else ""
        return cls(host, port, parts.scheme == "https", (parts.path or "/") + query)


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.fullmatch(host) is not None
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _refused(message: str, what: str) -> Rejected:
    return Rejected(message, code=f"webhook_{what}_refused")
