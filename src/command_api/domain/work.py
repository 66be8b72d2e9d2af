"""What a command asks for, as a text and as a hash that are the same for the same work."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from command_api.domain.model import JSON


def fingerprint(command_type: str, command_input: Mapping[str, JSON]) -> str:
    """A hash of the type and the input: what a record keeps of the input, 32 characters.

    Texts are compared because Python takes 1, 1.0 and true for equal.
    """
    text = json.dumps(command_input, sort_keys=True, ensure_ascii=False)
    return sha256(f"{command_type}\0{text}".encode()).hexdigest()[:32]
