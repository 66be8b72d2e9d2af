"""Upload a file whose lines are commands, as one batch."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from hashlib import file_digest
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from command_client.answers import Refused
from command_client.batches import answered_batch, asking_batches
from command_client.submission import answered
from command_client.transport import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from command_client.batches import Batch, Then
    from command_client.submission import Send

# Patience with each read and write of the upload, in seconds.
_SECONDS = 60
# S3 closes connections now and then; a URL works for 15 minutes.
_TRIES = 3


def upload_batch(  # noqa: PLR0913 - the last three are the world, for tests
    endpoint: str,
    path: Path,
    *,
    key: str,
    then: Then | None = None,
    on_sent: Callable[[int], None] = lambda _: None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60,
    send: Send | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Batch:
    """Upload up to 1,000,000 commands, one JSON object a line, and return the batch.

    A line is a body of `POST /commands`. The id of its command is the batch's, a full stop and the
    line's number from 1. After any failure call this again with the same file and `key`: it is the
    same batch, and what is uploaded already is not uploaded again. `on_sent` is told how many bytes
    have been sent.

    Raises what `submit_batch` does, ValueError for an empty file.
    """
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        size = file.tell()
        if not size:
            raise ValueError(f"{path} is empty")
        body = {"upload": {"bytes": size, "sha256": digest}, **({"then": then} if then else {})}
        sent = {"content-type": "application/json", **(headers or {}), "idempotency-key": key}
        ask = asking_batches(endpoint, "POST", "", json.dumps(body, allow_nan=False), sent, send)
        for left in range(_TRIES, 0, -1):
            answer = answered(
                ask, HTTPStatus.ACCEPTED, safe=True, timeout=timeout, clock=clock, sleep=sleep
            )
            taken = answered_batch(answer)
            place = taken.get("upload")
            if taken["status"] != "UPLOADING" or place is None or "url" not in place:
                return taken
            file.seek(0)
            try:
                _put(str(place["url"]), _headers(place), _Told(file, on_sent), size)
            except Unreachable:
                if left == 1:
                    raise
                sleep(1)
            else:
                return taken
    raise AssertionError("unreachable")  # pragma: no cover


@dataclass
class _Told:
    """A file that says how much of it was read."""

    file: BinaryIO
    on_sent: Callable[[int], None]

    def read(self, size: int = -1) -> bytes:
        """Read the next part."""
        found = self.file.read(size)
        self.on_sent(self.file.tell())
        return found


def _headers(place: Mapping[str, object]) -> dict[str, str]:
    found = place.get("headers")
    return {str(name): str(it) for name, it in found.items()} if isinstance(found, dict) else {}


def _put(url: str, headers: dict[str, str], body: _Told, size: int) -> None:
    """Upload; Refused where S3 does not take it. No message quotes the URL, which is a secret."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=_SECONDS)
    try:
        where = f"{parts.path}?{parts.query}"
        connection.request("PUT", where, body, {**headers, "content-length": str(size)})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"the upload was interrupted: {type(error).__name__}") from error
    finally:
        connection.close()
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(f"S3 answered {answer.status}")
    if answer.status != HTTPStatus.OK:
        detail = "S3 refused the upload; check the clock, and that the file has not changed"
        raise Refused(answer.status, detail=detail)
