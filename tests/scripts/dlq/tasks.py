"""SQS's message move tasks, which moto does not have."""

from __future__ import annotations

from typing import Any


class Tasks:
    """One queue's tasks; each look finds the next state."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self.states = list(states)
        self.started: list[dict[str, Any]] = []
        self.cancelled: list[str] = []

    def list_message_move_tasks(self, **_: Any) -> Any:
        """The last state stays."""
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"Results": [state] if state else []}

    def start_message_move_task(self, **arguments: Any) -> Any:
        """Note how."""
        self.started.append(arguments)
        return {"TaskHandle": "h"}

    def cancel_message_move_task(self, **arguments: Any) -> Any:
        """Note which."""
        self.cancelled.append(arguments["TaskHandle"])
        return {}


def state(status: str, moved: int = 0, started: int = 7, **more: Any) -> dict[str, Any]:
    """A task as SQS lists it."""
    handle = {"TaskHandle": "h"} if status == "RUNNING" else {}
    return {
        "Status": status,
        "ApproximateNumberOfMessagesMoved": moved,
        "StartedTimestamp": started,
        **handle,
        **more,
    }
