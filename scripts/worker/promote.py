"""Fetch the zip that an environment runs, so that the next one gets these bytes and no others."""

from __future__ import annotations

import base64
import hashlib
import http.client
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from scripts.build.package.build import largest, write
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.worker.deployed import DeployedWorker

_TIMEOUT = 30  # seconds without a byte


def fetch(deployed: DeployedWorker, output: Path) -> None:
    """Write the zip of the code that the queue's messages run, whole or not at all.

    Its bytes must have the hash that Lambda names and the one that was deployed, the output
    ``package_sha256``. Raises OperatorError where the three differ; ``output`` stays as it was.
    """
    deployed.target.require("package_sha256")
    found = deployed.lambda_.get_function(FunctionName=_running(deployed))
    runs = base64.b64decode(found["Configuration"]["CodeSha256"]).hex()
    if runs != deployed.package_sha256:
        raise OperatorError(
            f"{deployed.function} runs a zip with the SHA-256 {runs}, but"
            f" {deployed.package_sha256} was deployed; the function was changed or rolled back"
            " outside of Terraform: apply the environment first"
        )
    content = _download(found["Code"]["Location"])
    if (digest := hashlib.sha256(content).hexdigest()) != runs:
        raise OperatorError(
            f"the downloaded zip has the SHA-256 {digest} instead of {runs} and was deleted; run"
            " the same command again"
        )
    write(output, content)


def _running(deployed: DeployedWorker) -> str:
    # What the mapping names, an alias or a version with it, is what runs.
    return deployed.mapping().look().function_arn


def _download(url: str) -> bytes:
    # The address holds a signature, so no error quotes it.
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310  Lambda's own
            content: bytes = answer.read(largest() + 1)
            return content
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"HTTP {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
    raise OperatorError(
        f"the zip could not be downloaded from Lambda ({reason}); run the same command again"
    )
