"""Settings: what an environment's variables tell its functions, read once per cold start."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class MissingSetting(Exception):
    """An environment variable is missing: add it in modules/worker or modules/api."""


class WrongSetting(Exception):
    """An environment variable is none of what it can be: correct it in the environment."""


API_MODES = ("direct", "validated", "rest")
_EXAMPLES = {
    "ROUTES": '{"POST /orders": "process_order"}',
    "AUTHENTICATION": '{"mode": "none"}',
}


def required(environ: Mapping[str, str], name: str) -> str:
    """The text of a variable; MissingSetting where there is none."""
    if not environ.get(name):
        raise MissingSetting(name)
    return environ[name]


def flag(environ: Mapping[str, str], name: str) -> bool:
    """Whether a variable is on; WrongSetting unless it is true, false or missing."""
    value = environ.get(name) or "false"
    if value not in {"true", "false"}:
        # Anything else might be read as "nobody has to identify themselves".
        raise WrongSetting(f"{name} must be true or false")
    return value == "true"


def json_object(environ: Mapping[str, str], name: str) -> Mapping[str, Any]:
    """The object in a variable, empty where it is missing; WrongSetting where it is none."""
    try:
        found = json.loads(environ.get(name) or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        example = _EXAMPLES.get(name, "{}")
        raise WrongSetting(f"{name} must be a JSON object like {example}")
    return found


def routes(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Route to type of command, from a JSON object like {"POST /orders": "process_order"}."""
    found = json_object(environ, "ROUTES")
    if not all(isinstance(it, str) for it in found.values()):
        raise WrongSetting(f"ROUTES must be a JSON object like {_EXAMPLES['ROUTES']}")
    return found


def table(environ: Mapping[str, str]) -> tuple[str, str]:
    """The name of the table of commands, and of its attribute with the time to live."""
    return required(environ, "TABLE_NAME"), required(environ, "TTL_ATTRIBUTE")


def retention(environ: Mapping[str, str]) -> timedelta:
    """How long an ended command stays readable."""
    return timedelta(days=int(required(environ, "RETENTION_DAYS")))


def message_life(environ: Mapping[str, str]) -> timedelta:
    """How long the queue keeps a message."""
    return timedelta(seconds=int(required(environ, "QUEUE_RETENTION_SECONDS")))


def origins(environ: Mapping[str, str]) -> Sequence[str]:
    """The web pages that may read the answers, where the functions have to say so themselves."""
    return tuple(environ.get("CORS_ALLOW_ORIGINS", "").split())


def api_mode(environ: Mapping[str, str]) -> str:
    """How commands are submitted; WrongSetting names what there is."""
    found = environ.get("API_MODE") or "direct"
    if found not in API_MODES:
        raise WrongSetting(f"API_MODE must be one of {', '.join(API_MODES)}")
    return found
