"""handlers.json: which types of command a zip has handlers for, and what each of them needs.

Terraform reads it beside the zip, and refuses in the plan a timeout in which a handler could never
run. The zip carries the same file, so that a zip from elsewhere is as well known as one built here.
It comes from a start of the zip's own files, so a zip that cannot start is never built.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.build.package import cold_start
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MANIFEST = "handlers.json"

# What Terraform tells the functions, in so far as they do not start without it.
FUNCTION_ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "TABLE_NAME": "commands",
    "TTL_ATTRIBUTE": "expiresAt",
    "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/work",
    "DLQ_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/work-dlq",
    "DEFAULT_COMMAND_TYPE": "echo",
    "ROUTES": '{"POST /orders": "process_order"}',
    "MAX_ATTEMPTS": "3",
    "BATCH_CONCURRENCY": "10",
    "RETENTION_DAYS": "30",
    "QUEUE_RETENTION_SECONDS": "345600",
    "FAILURE_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/notifier-failures",
    "PATIENCE_SECONDS": "21600",
    "WATCH_TABLE": "watches",
    "BATCHES_TABLE": "batches",
    "BATCHES_BUCKET": "batch-files",
    "TRANSFERS_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/batch-transfer",
    "RECURRING_GROUP": "work-api",
    "RECURRING_ROLE_ARN": "arn:aws:iam::123456789012:role/work-recurring",
    "RECURRING_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/work",
    "RECURRING_UNSENT_ARN": "arn:aws:sqs:us-east-1:123456789012:work-recurring",
    "WATCHES_PER_CONNECTION": "1000",
    "SECRET_PREFIX": "/dev/acme/",
    "POWERTOOLS_SERVICE_NAME": "acme-dev-worker",
}
# An import that takes longer would cost every cold start as much.
_SECONDS = 60


def manifest_of(
    files: Mapping[str, bytes], source: Path, search_path: Sequence[str] | None = None
) -> bytes:
    """Return the manifest of the handlers in a zip of these files, after a start of all functions.

    They are imported by an interpreter of its own that sees the files, what AWS's runtime
    brings (taken from ``search_path``, ``sys.path`` by default) and nothing else; the handlers
    without any environment variable. Raises OperatorError with the file below ``source`` and the
    line where something does not import, is not registered, or is no schema.
    """
    places = list(sys.path if search_path is None else search_path)
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        unpacked = Path(scratch).resolve()
        for name, content in files.items():
            (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
            (unpacked / name).write_bytes(content)
        words = [str(unpacked), json.dumps(places), json.dumps(FUNCTION_ENVIRONMENT)]
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-S", "-B", cold_start.__file__, *words],
                env={},
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise OperatorError(
                f"the functions did not start within {_SECONDS} seconds; check for a loop or a"
                f" call at import in {_shown(source / 'handlers')}"
            ) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise OperatorError(
            f"the functions exited at import with exit code {done.returncode}; check for"
            f" os._exit in {_shown(source / 'handlers')}"
        ) from None
    if "needs" in answer:
        return f"{json.dumps(answer['needs'], indent=2, sort_keys=True)}\n".encode()
    reason = " ".join(str(answer["reason"]).split())
    raise OperatorError(f"{_shown(source / answer['path'])}:{answer['line']}: {reason}")


def carried_by(package: Path) -> bytes | None:
    """Return the manifest that a zip carries; None from a zip of an earlier version."""
    if not zipfile.is_zipfile(package):
        return None
    with zipfile.ZipFile(package) as archive:
        return archive.read(MANIFEST) if MANIFEST in archive.namelist() else None


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
