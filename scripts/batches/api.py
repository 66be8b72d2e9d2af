"""The batches of a deployed API, as the tool asks for them."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from hashlib import file_digest, sha256
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from scripts import interrupts
from scripts.batch_framework import uploads
from scripts.commands.api import explained
from scripts.errors import OperatorError
from scripts.framework import answers, transport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from command_client.transport import Answer
    from scripts.commands.api import CommandsApi

# Pauses between two looks, in seconds.
SOONEST, LATEST = 1.0, 10.0
# As long as an ended batch may take to list its results, in seconds.
LISTING_SECONDS = 900.0
_AGAIN = "run the same command again: nothing is submitted twice"


def key_of(path: Path) -> str:
    """The key of a file: the same for the same name and content."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return sha256(f"{path.name}\0{digest}".encode()).hexdigest()


def submit(
    api: CommandsApi,
    path: Path,
    *,
    key: str,
    then: Mapping[str, Any] | None,
    on_sent: Callable[[int], None],
) -> str:
    """Upload a file, unless that is done, and return the id of its batch."""
    try:
        taken = uploads.upload_batch(
            api.endpoint,
            path,
            key=key,
            then=then,  # type: ignore[arg-type]
            on_sent=on_sent,
            headers=api.headers,
        )
    except ValueError as error:
        raise OperatorError(f"{error}; write one JSON object a line") from None
    except answers.Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise OperatorError(_NO_BATCHES) from None
        if error.code == "idempotency_key_reused":
            raise OperatorError(_OTHER_REQUEST) from None
        raise OperatorError(explained(error)) from None
    except transport.Unreachable as error:
        raise OperatorError(f"{error}; {_AGAIN}") from None
    return taken["id"]


_OTHER_REQUEST = (
    "this key belongs to another file, or to this one with another --then; name a new key, for"
    " example --key import-2"
)
_NO_BATCHES = (
    'this API has no batches; set api = { submission = "validated", batches = true,'
    " uploads = true } in terraform.tfvars and apply"
)


def shown(api: CommandsApi, batch_id: str) -> dict[str, Any]:
    """A batch as the API shows it; OperatorError where there is none."""
    return _batch(_batches(api).get(batch_id), batch_id)


def cancelled(api: CommandsApi, batch_id: str) -> dict[str, Any]:
    """The batch with a cancellation noted."""
    return _batch(_batches(api).cancel(batch_id), batch_id)


def followed(
    api: CommandsApi,
    batch_id: str,
    told: Callable[[Mapping[str, Any]], None],
    *,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = interrupts.sleep,
) -> dict[str, Any]:
    """The batch once it has ended; each state of it before is `told`."""
    end, pause = clock() + timeout, SOONEST
    while True:
        found = shown(api, batch_id)
        told(found)
        if found["status"] == "ENDED":
            return found
        if clock() + pause > end:
            raise OperatorError(
                f"not finished within {timeout:g} seconds; raise --timeout, or ask again later"
                f" with: python -m scripts.batches status {batch_id}"
            )
        sleep(pause)
        pause = min(LATEST, pause * 1.3)


def results(found: Mapping[str, Any], into: IO[bytes]) -> None:
    """Write the results of a batch; OperatorError where it has none yet."""
    url = found.get("resultsUrl")
    if url is None:
        again = f"python -m scripts.batches results {found['id']}"
        if found["status"] != "ENDED":
            raise OperatorError(f"{found['id']} has not ended ({found['status']}); later: {again}")
        raise OperatorError(
            f"{found['id']} has no results; they follow the end by seconds, and a batch that is"
            f' not uploaded has some only with "results": true; try again: {again}'
        )
    try:
        # The API's own URL.
        with urlopen(url, timeout=60) as answer:  # noqa: S310
            shutil.copyfileobj(answer, into)
    except HTTPError as error:
        raise OperatorError(f"S3 answered {error.code} for the results; try again") from None
    except (URLError, OSError) as error:
        raise OperatorError(f"the download was interrupted ({type(error).__name__})") from None


def _batches(api: CommandsApi) -> CommandsApi:
    return replace(api, endpoint=f"{api.endpoint.removesuffix('/commands')}/batches")


def _batch(answer: Answer, batch_id: str) -> dict[str, Any]:
    if answer.status != HTTPStatus.OK:
        raise OperatorError(f"{batch_id}: {explained(answers.refused(answer))}")
    found = answers.document(answer)
    if "counts" not in found:
        raise OperatorError(f"{batch_id}: the response is not a batch; check the URL")
    return dict(found)
