"""Access logs of HTTP API stages.

AWS: "Configure logging for HTTP APIs" (http-api-logging.html): one line per request, in the
stage's format, in its CloudWatch log group. An unknown or empty variable is logged as "-".
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ministack_extensions.upstream import Emulator

_VARIABLE = re.compile(r"\$context\.([\w.]+)")
_TARGET = "Logs_20140328"


def access_line(template: str, context: Mapping[str, str]) -> str:
    """One line in the stage's format."""
    return _VARIABLE.sub(lambda found: context.get(found[1].rstrip(".")) or "-", template)


@dataclass
class AccessLog:
    """Writes lines in the background, so that a request does not wait for its log."""

    _streams: set[tuple[str, str]] = field(default_factory=set)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def write(
        self,
        api_id: str,
        region: str,
        stage: Mapping[str, Any],
        context: Mapping[str, str],
        emulator: Emulator,
    ) -> None:
        """Log the request if the stage asks for it."""
        settings = stage.get("accessLogSettings") or {}
        group = str(settings.get("destinationArn", "")).partition(":log-group:")[2]
        if not group or not settings.get("format"):
            return
        line = access_line(settings["format"], context)
        stream = f"{api_id}-{stage['stageName'].strip('$')}"
        writing = asyncio.create_task(
            self._put(group.removesuffix(":*"), stream, line, region, emulator)
        )
        self._running.add(writing)
        writing.add_done_callback(self._running.discard)

    async def _put(
        self, group: str, stream: str, line: str, region: str, emulator: Emulator
    ) -> None:
        target = {"logGroupName": group, "logStreamName": stream}
        event = {"timestamp": int(time.time() * 1000), "message": line}
        if (group, stream) not in self._streams:
            await emulator.json_api("logs", region, f"{_TARGET}.CreateLogStream", target)
            self._streams.add((group, stream))
        answer = await emulator.json_api(
            "logs", region, f"{_TARGET}.PutLogEvents", {**target, "logEvents": [event]}
        )
        if not answer.ok:
            # The group was deleted and may come back: create the stream again then.
            self._streams.discard((group, stream))
