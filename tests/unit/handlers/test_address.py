"""Which e-mail addresses are taken."""

from __future__ import annotations

import pytest

from handlers.mail.address import is_address


@pytest.mark.parametrize(
    "address",
    ["a@b.co", "first.last+tag@sub.example.com", "o'brien@example.ie", "x@xn--bcher-kva.example"],
)
def test_a_plain_address_is_taken(address: str) -> None:
    """What SES takes, we take."""
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.com",
        "a@b",
        "a@-b.co",
        ".a@b.co",
        "a.@b.co",
        "a..b@c.co",
        "a@b..co",
        "a@b.co\n",
        "a@b.co\r\nBcc: c@d.co",
        "a@b.co,c@d.co",
        "Name <a@b.co>",
        "a b@c.co",
        "ü@b.co",
        "a@bü.co",
        "x" * 65 + "@b.co",
        "a@" + "b" * 64 + ".co",
        "a@" + "b." * 130 + "co",
    ],
)
def test_anything_else_is_not(address: str) -> None:
    """No names, no lists, no line breaks, nothing that SES would refuse."""
    assert not is_address(address)
