"""What a reload does to a deployment, without a stack: Terraform's state, and refusals."""

from __future__ import annotations

import base64
import hashlib
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scripts.errors import OperatorError
from scripts.stack import code

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.stack.deployment import Deployment

HASH = base64.b64encode(hashlib.sha256(b"new").digest()).decode()


class Lambda:
    """The calls that a reload makes; a function in `broken` refuses its code."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.newest = 3
        self.aliases: list[tuple[str, str]] = []

    def update_function_code(self, **call: Any) -> dict[str, str]:
        """The next version, where one is published."""
        if call["FunctionName"] == self.broken:
            raise OperatorError("refused")
        self.newest += call["Publish"]
        return {"Version": str(self.newest) if call["Publish"] else "$LATEST"}

    def update_alias(self, **call: Any) -> None:
        """Note where it points."""
        self.aliases.append((call["Name"], call["FunctionVersion"]))


def resource(kind: str, **attributes: object) -> dict[str, object]:
    """A resource as a state file has it."""
    instances = [{"attributes": attributes}]
    return {"mode": "managed", "type": kind, "name": "this", "instances": instances}


def function(name: str, **more: object) -> dict[str, object]:
    """A function with the old zip."""
    about = {"function_name": name, "arn": f"arn:{name}", "source_code_hash": "old", **more}
    return resource("aws_lambda_function", **about)


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """A worker in its third version, which is live, and a function that publishes none."""
    (tmp_path / "lambda.zip").write_bytes(b"new")
    state = {
        "serial": 7,
        "outputs": {
            "package_sha256": {"value": "old"},
            "worker_function_name": {"value": "worker"},
            "worker_newest_version": {"value": "3"},
            "worker_live_version": {"value": "3"},
        },
        "resources": [
            function("worker", version="3", publish=True),
            function("status", version="$LATEST", publish=False),
            resource("aws_lambda_alias", name="live", function_name="worker", function_version="3"),
            resource("aws_lambda_alias", name="kept", function_name="worker", function_version="2"),
        ],
    }
    path = tmp_path / "terraform.tfstate"
    path.write_text(json.dumps(state))
    fake = SimpleNamespace(
        stack=None,
        state=path,
        command="make up",
        version=lambda: None,
        in_doubt=lambda: False,
        package=lambda: tmp_path / "lambda.zip",
    )
    return cast("Deployment", fake)


def hashes(deployment: Deployment) -> dict[str, str]:
    """The zip of every function, as the next plan reads it."""
    state = json.loads(deployment.state.read_text())
    functions = [one["instances"][0]["attributes"] for one in state["resources"]]
    return {
        one["function_name"]: one["source_code_hash"]
        for one in functions
        if "source_code_hash" in one
    }


def test_all_functions_get_the_zip_and_the_state_says_so(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the next version of the state."""
    monkeypatch.setattr(code, "lambda_client", lambda _: Lambda())

    assert code.reload(deployment) == ["status", "worker"]

    state = json.loads(deployment.state.read_text())
    assert hashes(deployment) == {"worker": HASH, "status": HASH}
    assert state["serial"] == 8
    outputs = {name: output["value"] for name, output in state["outputs"].items()}
    assert outputs.pop("package_sha256") != "old"
    assert outputs == {
        "worker_function_name": "worker",
        "worker_newest_version": "4",
        "worker_live_version": "4",
    }


def test_an_output_of_a_pinned_version_stays(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest is another one now."""
    monkeypatch.setattr(code, "lambda_client", lambda _: Lambda())
    state = json.loads(deployment.state.read_text())
    state["outputs"]["worker_live_version"]["value"] = "2"
    deployment.state.write_text(json.dumps(state))

    code.reload(deployment)

    outputs = json.loads(deployment.state.read_text())["outputs"]
    assert outputs["worker_newest_version"]["value"] == "4"
    assert outputs["worker_live_version"]["value"] == "2"


def test_the_alias_of_the_newest_version_moves_and_a_pinned_one_stays(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`worker_version` of an older version is a decision."""
    client = Lambda()
    monkeypatch.setattr(code, "lambda_client", lambda _: client)

    code.reload(deployment)
    (deployment.state.parent / "lambda.zip").write_bytes(b"newer")
    code.reload(deployment)

    assert client.aliases == [("live", "4"), ("live", "5")]
    outputs = json.loads(deployment.state.read_text())["outputs"]
    assert outputs["worker_newest_version"]["value"] == "5"


def test_what_was_not_reached_is_left_to_the_next_apply(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its old hash stays in the state."""
    monkeypatch.setattr(code, "lambda_client", lambda _: Lambda(broken="worker"))

    with pytest.raises(OperatorError, match="refused"):
        code.reload(deployment)

    assert hashes(deployment)["worker"] == "old"


def test_a_state_in_doubt_is_not_touched(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An apply that was cut off comes first."""
    monkeypatch.setattr(deployment, "in_doubt", lambda: True)

    with pytest.raises(OperatorError, match="run: make up"):
        code.reload(deployment)
