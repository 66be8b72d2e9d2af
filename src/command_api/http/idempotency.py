"""From an Idempotency-Key to the id of the command that it stands for.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import re
import uuid
from hashlib import sha256
from typing import TYPE_CHECKING

from command_api.http.problems import Problem

if TYPE_CHECKING:
    from command_api.domain.access import Caller

HEADER = "idempotency-key"
# A string as in RFC 8941, which is what the draft asks for, or plain as most clients write it.
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"', re.ASCII)
_PLAIN = re.compile(r"[!#-+\--:<-\[\]-~]+", re.ASCII)
MOST = 255


def key_of(header: str) -> str:
    """The key in a header, the same with quotes and without; Problem 400 where there is none."""
    header = header.strip()
    quoted = _QUOTED.fullmatch(header)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else header
    if not 1 <= len(key) <= MOST or not (quoted or _PLAIN.fullmatch(key)):
        raise Problem(
            400,
            "invalid_idempotency_key",
            f"Idempotency-Key must be 1-{MOST} visible ASCII characters, for example "
            'Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324".',
        )
    return key


def id_of(key: str, caller: Caller, route: str) -> str:
    """The id of the command that a key stands for, with this owner and on this route.

    Whoever does not have the owner's token cannot make it, whatever keys they know.
    """
    named = f"{caller.owner}\0{route}\0{key}"
    return f"key-{sha256(named.encode()).hexdigest()[:40]}"


def new_id() -> str:
    """An id that nobody can guess."""
    return uuid.uuid4().hex
