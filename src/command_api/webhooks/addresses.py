"""Which addresses are outside: the guard against requests to what only this function can reach.

A name is resolved once, every address behind it is checked, and the connection goes to an
address that was checked: a second look-up could answer something else (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeAlias

from command_api.domain.errors import Rejected, Retryable

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# Only these are given out to hosts on the internet; what is not in them needs no further rule.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# What `is_global` lets through in some version of Python, and what embeds an IPv4 address.
_NOT_OUTSIDE = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # protocol assignments
            "192.88.99.0/24",  # relays from IPv6 to IPv4
            "2001::/23",  # protocol assignments, Teredo among them
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)


def is_outside(address: Address) -> bool:
    """Whether an address belongs to a host on the internet.

    Private, shared, loopback, link-local (169.254.169.254), multicast and reserved addresses do
    not, nor does any IPv6 address that stands for an IPv4 one (mapped, NAT64, 6to4, Teredo).
    """
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    if any(address in network for network in _NOT_OUTSIDE if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, *, seconds: float, loopback: bool = False) -> list[str]:
    """The addresses of a host, all of them outside; Rejected where one is not.

    `loopback` lets this machine through. Raises Retryable where the name is not found in time.
    """
    addresses = [ipaddress.ip_address(text) for text in _look_up(host, port, seconds)]
    if not all(is_outside(it) or (loopback and it.is_loopback) for it in addresses):
        message = "The URL's host has no public address."
        raise Rejected(message, code="webhook_address_refused")
    return [str(address) for address in addresses]


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    # The resolver knows no timeout, so it is asked in a thread that can be left behind.
    answer: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except OSError as error:
            answer.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        addresses = answer.get(timeout=seconds)
    except Empty:
        addresses = []
    if isinstance(addresses, OSError) or not addresses:
        raise Retryable("The URL's host was not found.", code="webhook_host_not_found") from None
    return addresses
