"""A state as the page is told it, of a deployment with one command."""

from __future__ import annotations

from typing import Any

STARTED = "2030-01-02T03:04:05.000Z"


def state(status: str, push_url: str = "") -> dict[str, Any]:
    """What /api/state answers where the command has this status."""
    return {
        "version": "1",
        "now": STARTED,
        "environment": "dev",
        "pushUrl": push_url,
        "api": {"endpoint": "http://x/", "requests": 0, "clientErrors": 0, "serverErrors": 0},
        "queue": {"name": "q", "waiting": 0, "taken": 0},
        "worker": {"name": "w", "paused": False, "cap": None, "problem": ""},
        "table": {"name": "t", "read": 1, "whole": True, "counts": {status: 1}},
        "dlq": {"name": "d", "messages": 0, "redrivable": 0},
        "queues": [],
        "batches": [],
        "schedules": [],
        "commands": [
            {
                "id": "a",
                "type": "echo",
                "status": status,
                "attempts": 1,
                "maxAttempts": 3,
                "createdAt": STARTED,
                "updatedAt": STARTED,
                "progress": None,
                "handedOver": None,
                "error": None,
                "history": [],
                "cancellable": False,
                "redrivable": False,
            }
        ],
        "redrive": {"number": 0, "running": False, "said": [], "error": ""},
    }
