"""Where webhooks may go: the guard against requests to what only the worker can reach."""

from __future__ import annotations

import ipaddress
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_api import Rejected, Retryable
from command_api.webhooks.addresses import is_outside, resolve
from command_api.webhooks.destination import Destination
from command_api.webhooks.rules import Rules
from tests.builders import fail

if TYPE_CHECKING:
    from collections.abc import Callable

INSIDE = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
    *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/128", "::1/128", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"),
    *("100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20", "fc00::/7"),
    *("fd00:ec2::254/128", "fe80::/10", "fec0::/10", "ff00::/8"),
]


@given(st.sampled_from(INSIDE).flatmap(lambda it: st.ip_addresses(network=it)))
def test_no_address_inside_gets_through(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """Private, local, shared, reserved, and every way to write an IPv4 address in IPv6."""
    assert not is_outside(address)


@given(st.ip_addresses(v=4))
def test_no_ipv6_form_opens_what_ipv4_closes(address: ipaddress.IPv4Address) -> None:
    """Mapped, compatible, translated and tunnelled forms stay closed, even of public addresses."""
    number = int(address)
    forms = (0xFFFF << 32, 0, 0x64FF9B << 96, 0x64FF9B0001 << 80)
    assert not any(is_outside(ipaddress.IPv6Address(form | number)) for form in forms)
    assert not is_outside(ipaddress.IPv6Address(0x2002 << 112 | number << 80))


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"])
def test_hosts_on_the_internet_get_through(text: str) -> None:
    """A guard that lets nothing out would be safe, too."""
    assert is_outside(ipaddress.ip_address(text))


def answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name resolve to these."""
    found = [(None, None, 0, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_every_address_of_a_name_must_be_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not, among others, is what an attacker's name server would slip in."""
    answering(monkeypatch, "1.1.1.1", "169.254.169.254")
    with pytest.raises(Rejected) as refusal:
        resolve("example.com", 443, seconds=1)
    assert refusal.value.code == "webhook_address_refused"


def test_a_name_gives_its_addresses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the resolver's order."""
    answering(monkeypatch, "2606:4700::1111", "1.1.1.1", "1.1.1.1")
    assert resolve("example.com", 443, seconds=1) == ["2606:4700::1111", "1.1.1.1"]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "::1", "::ffff:127.0.0.1"],
)
def test_no_way_to_write_this_machine_gets_through(host: str) -> None:
    """What the system's resolver makes of a host is what counts, however it is written."""
    with pytest.raises((Rejected, Retryable)) as refusal:
        resolve(host, 443, seconds=2)
    assert refusal.value.code in {"webhook_address_refused", "webhook_host_not_found"}


def test_loopback_opens_this_machine_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch for tests does not open the metadata service."""
    assert resolve("127.0.0.1", 443, seconds=1, loopback=True) == ["127.0.0.1"]
    answering(monkeypatch, "169.254.169.254")
    with pytest.raises(Rejected):
        resolve("example.com", 443, seconds=1, loopback=True)


def test_an_unknown_name_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be on its way, or the resolver may be down."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: fail(socket.gaierror()))
    with pytest.raises(Retryable) as refusal:
        resolve("example.com", 443, seconds=1)
    assert refusal.value.code == "webhook_host_not_found"


def test_a_resolver_that_hangs_does_not_hang_the_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows no timeout of its own."""
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(5) * [])
    with pytest.raises(Retryable):
        resolve("example.com", 443, seconds=0.05)
    done.set()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("//example.com/", "scheme"),
        ("https://kim:secret@example.com/", "credentials"),
        ("https://@example.com/", "credentials"),
        ("https://example.com:22/", "port"),
        ("https://example.com:0/", "port"),
        ("https:///path", "host"),
        ("https://-example.com/", "host"),
        ("https://exa..mple.com/", "host"),
        ("https://example.com./", "host"),
        ("https://[fe80::1%25eth0]/", "host"),
        ("https://example.com:99999/", "url"),
        ("https://[::1/", "url"),
        ("https://example.com\\@inside/", "url"),
        ("https://example.com/\r\nHost: inside", "url"),
        ("https://example.com/a b", "url"),
        ("https://exämple.com/", "url"),
        ("https://example.com/" + "x" * 2048, "url"),
    ],
)
def test_a_url_that_webhooks_do_not_go_to(url: str, code: str) -> None:
    """Each refusal says what is wrong, and repeats neither path nor query."""
    with pytest.raises(Rejected) as refusal:
        Destination.of(url, Rules(hosts=("*",)))
    assert refusal.value.code == f"webhook_{code}_refused"
    assert "secret" not in refusal.value.message


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Example.com", Destination("example.com", 443, tls=True, target="/")),
        ("https://example.com?a=b#c", Destination("example.com", 443, tls=True, target="/?a=b")),
        ("HTTPS://example.com:443/%20", Destination("example.com", 443, tls=True, target="/%20")),
        ("https://[2606:4700::1]/x", Destination("2606:4700::1", 443, tls=True, target="/x")),
    ],
)
def test_a_url_that_webhooks_go_to(url: str, expected: Destination) -> None:
    """The fragment stays here, as it does in a browser."""
    assert Destination.of(url, Rules(hosts=("*",))) == expected


@given(st.text())
def test_any_text_is_a_destination_or_a_rejection(text: str) -> None:
    """Nothing else comes out, whatever a client calls a URL."""
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        try:
            assert Destination.of(url, Rules(hosts=("*",))).port == 443
        except Rejected:
            continue


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("hooks.example.com", True),
        ("a.partner.example", True),
        ("partner.example", False),
        ("evilpartner.example", False),
        ("x.hooks.example.com", False),
        ("1.1.1.1", False),
    ],
)
def test_an_allowlist_names_hosts_or_what_is_below_one(host: str, *, allowed: bool) -> None:
    """A dot in front stands for every name below."""
    rules = Rules.read({"WEBHOOK_ALLOWED_HOSTS": "Hooks.example.com, .partner.example"})
    verdict: Callable[[], Any] = lambda: Destination.of(f"https://{host}/", rules)  # noqa: E731
    if allowed:
        assert verdict().host == host
    else:
        with pytest.raises(Rejected, match="host is not allowed"):
            verdict()


@pytest.mark.parametrize("told", [{}, {"WEBHOOK_ALLOWED_HOSTS": " , "}])
def test_no_host_named_is_no_host_called(told: dict[str, str]) -> None:
    """Whoever forgets the list gives clients no way to call servers."""
    with pytest.raises(Rejected, match="host is not allowed"):
        Destination.of("https://example.com/", Rules.read(told))


def test_a_star_stands_for_every_public_host() -> None:
    """An environment whose clients may choose freely says so."""
    rules = Rules.read({"WEBHOOK_ALLOWED_HOSTS": "*"})
    assert Destination.of("https://example.com/", rules).host == "example.com"


def test_what_is_not_set_is_closed() -> None:
    """An environment that says nothing gets https on 443, and nothing on this machine."""
    assert Rules.read({}) == Rules(http=False, ports=frozenset({443}), loopback=False)
    opened = Rules.read({"WEBHOOK_ALLOW_HTTP": "true", "WEBHOOK_ALLOW_LOOPBACK": "yes"})
    assert opened == Rules(http=True, ports=frozenset({443, 80}), loopback=False)
    assert Rules.read({"WEBHOOK_ALLOWED_PORTS": "443,8443"}).ports == {443, 8443}
