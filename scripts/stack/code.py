"""New code for the functions of a deployment, all at once and without Terraform.

Terraform updates one function after the other and waits five seconds for each. This does what those
updates do, and notes it in the deployment's own state: the next plan finds the new zip everywhere
and has nothing to do. A function that was not reached keeps its old hash there, so that the next
apply updates it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.errors import OperatorError
from scripts.parallel import in_threads
from scripts.stack.clients import lambda_client

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_lambda import LambdaClient

    from scripts.stack.deployment import Deployment

_AT_ONCE = 8
# The outputs of an environment about its worker.
_WORKER = "worker_function_name"
_VERSIONS = ("worker_newest_version", "worker_live_version")


def reload(deployment: Deployment) -> list[str]:
    """Build the zip and put it into every function that has another one; their names.

    The alias of a version that was the newest moves to the new one; a pinned version stays live.
    Raises OperatorError where nothing is deployed, or the zip cannot be built.
    """
    deployment.version()
    if deployment.in_doubt():
        raise OperatorError(f"the last apply was cut off; run: {deployment.command}")
    content = deployment.package().read_bytes()
    applied = _Applied.read(deployment.state, hashlib.sha256(content))
    stale = applied.stale()
    client = lambda_client(deployment.stack)

    def update(function: dict[str, Any], _stop: threading.Event) -> str:
        return _update(client, function, content, applied.aliases(function))

    try:
        for function, version in in_threads(update, stale, _AT_ONCE):
            applied.note(function, version)
    finally:
        applied.write(deployment.state)
    return sorted(function["function_name"] for function in stale)


def _update(
    client: LambdaClient, function: dict[str, Any], content: bytes, aliases: list[dict[str, Any]]
) -> str:
    name, publish = function["function_name"], bool(function["publish"])
    answer = client.update_function_code(FunctionName=name, ZipFile=content, Publish=publish)
    for alias in aliases:
        client.update_alias(
            FunctionName=name, Name=alias["name"], FunctionVersion=answer["Version"]
        )
    return answer["Version"]


@dataclass(frozen=True)
class _Applied:
    """Terraform's state of a deployment, and the SHA-256 of the zip that its functions get.

    `code_hash` is the digest as Lambda and Terraform write it, `package_sha256` as people do.
    """

    state: dict[str, Any]
    code_hash: str
    package_sha256: str

    @classmethod
    def read(cls, path: Path, zip_: hashlib._Hash) -> _Applied:
        code_hash = base64.b64encode(zip_.digest()).decode()
        return cls(json.loads(path.read_text()), code_hash, zip_.hexdigest())

    def stale(self) -> list[dict[str, Any]]:
        """The functions with another zip."""
        functions = self._all("aws_lambda_function")
        return [one for one in functions if one["source_code_hash"] != self.code_hash]

    def aliases(self, function: dict[str, Any]) -> list[dict[str, Any]]:
        """The aliases that follow the newest version of this function."""
        names = {function["function_name"], function["arn"]}
        return [
            alias
            for alias in self._all("aws_lambda_alias")
            if alias["function_name"] in names and alias["function_version"] == function["version"]
        ]

    def note(self, function: dict[str, Any], version: str) -> None:
        """The function has the new zip as this version, which its aliases and outputs name.

        The next refresh reads what else changed with it; an output that differs would be a change.
        """
        for alias in self.aliases(function):
            alias["function_version"] = version
        outputs = self.state["outputs"]
        if function["function_name"] == outputs.get(_WORKER, {}).get("value"):
            for name in _VERSIONS:  # the live one stays where an older one is pinned
                if outputs[name]["value"] == function["version"]:
                    outputs[name]["value"] = version
        function |= {"source_code_hash": self.code_hash, "version": version}

    def write(self, path: Path) -> None:
        """Put the state in the place of the old one, as its successor."""
        if not self.stale() and "package_sha256" in self.state["outputs"]:
            self.state["outputs"]["package_sha256"]["value"] = self.package_sha256
        self.state["serial"] += 1
        draft = path.with_name("reloaded.tfstate")
        draft.write_text(json.dumps(self.state, indent=2))
        draft.replace(path)

    def _all(self, kind: str) -> Iterator[dict[str, Any]]:
        for resource in self.state["resources"]:
            if resource["mode"] == "managed" and resource["type"] == kind:
                yield from (instance["attributes"] for instance in resource["instances"])
