"""The framework's rules of webhooks and push, as `framework` has those of commands."""

from __future__ import annotations

import scripts.framework  # noqa: F401 - from here on its packages can be imported
from command_api.domain import delivery, ending
from command_client import webhooks, websocket

__all__ = ["delivery", "ending", "webhooks", "websocket"]
