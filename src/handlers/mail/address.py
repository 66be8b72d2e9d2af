"""Which e-mail addresses we take: what SES takes, and no header tricks."""

from __future__ import annotations

import re

# The form that web browsers check, in ASCII: SES takes no other characters, and a domain of
# another script comes in its `xn--` form.
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+{_LABEL}")
_MAX_LENGTH = 254


def is_address(text: str) -> bool:
    """Whether the text is one plain address, without a display name."""
    local = text.partition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return len(text) <= _MAX_LENGTH and not dots and _ADDRESS.fullmatch(text) is not None
