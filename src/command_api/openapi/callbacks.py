"""The schemas of receivers that clients name with their commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_api.domain.delivery import CallbackStatus
from command_api.domain.message import MOST_URL_CHARACTERS
from command_api.openapi.description import ref

if TYPE_CHECKING:
    from command_api.openapi.description import Node


def callback_schemas(*, submitted: bool) -> Node:
    """What a command shows of its callback, and where it is `submitted` what clients send."""
    receiver = {
        "type": "object",
        "required": ["url"],
        "properties": {
            "url": {"type": "string", "format": "uri", "maxLength": MOST_URL_CHARACTERS},
            "includeResult": {
                "type": "boolean",
                "description": "Whether a result of up to 60 KB comes along.",
            },
        },
        "additionalProperties": False,
        "description": "Receiver of a signed call when the command ends.",
        "examples": [{"url": "https://hooks.example.com/commands"}],
    }
    state = {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"enum": [status.value for status in CallbackStatus]},
            "attempts": {"type": "integer", "minimum": 0},
            "error": ref("schemas", "CommandError"),
        },
        "description": "How the callback went; present if the command has one.",
    }
    return {**({"Callback": receiver} if submitted else {}), "CallbackState": state}
