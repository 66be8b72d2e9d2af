"""Report on a command that was handed over, over HTTP."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from command_client.answers import Refused, document
from command_client.submission import answered, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from command_client.submission import Send


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Reports on one command: how far its work has come, and once how it ended.

        reporter = Reporter(endpoint=endpoint, command_id=command_id, token=token)
        if reporter.progress(0.4, "400 of 1,000"):
            return reporter.stopped()
        reporter.complete({"rows": 1000})

    `token` is what `context.hand_over` returned. A report is repeated for up to `timeout` seconds
    while the API is throttled, fails or cannot be reached: the same outcome may be reported again.

    All methods raise Refused where the hand-over has ended (409), the token is wrong (401), or the
    result is invalid (422), and Unreachable.
    """

    # Like https://api.example.com/commands.
    endpoint: str
    command_id: str
    token: str = field(repr=False)
    timeout: float = 60
    send: Send | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def progress(self, share: float, note: str = "") -> bool:
        """Report progress, which moves the deadline; True where a client has asked to stop."""
        told = self._report({"progress": {"share": share, "note": note}})
        return told.get("status") == "CANCELLING"

    def complete(self, result: object = None) -> None:
        """Report that the work is done; the result is any JSON."""
        self._report({"status": "COMPLETED", "result": result})

    def fail(self, code: str, message: str, *, retryable: bool = False) -> None:
        """Report a failure; with `retryable`, another attempt may follow."""
        error = {"code": code, "message": message, "retryable": retryable}
        self._report({"status": "FAILED", "error": error})

    def stopped(self) -> None:
        """Report that the work has stopped, as a client has asked for."""
        self._report({"status": "CANCELLED"})

    def _report(self, report: Mapping[str, object]) -> Mapping[str, object]:
        path = f"/{quote(self.command_id, safe='')}/outcome"
        body = json.dumps(report, allow_nan=False)
        sent = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        ask = asking(self.endpoint.rstrip("/"), "POST", path, body, sent, self.send)
        answer = answered(
            ask, HTTPStatus.OK, safe=True, timeout=self.timeout, clock=self.clock, sleep=self.sleep
        )
        told = document(answer)
        if "status" not in told:
            raise Refused(answer.status, detail="the response is not a report; check the URL")
        return told
