"""Functions of the probes' own."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.aws_errors import error_message
from scripts.prove.assumption import NotTried
from scripts.prove.gateways import created_role, grant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.prove.scene import Scene

TIMEOUT_SECONDS = 2
# With so much of a processor that importing boto3 takes no second.
_MEGABYTES = 512


def function_role(
    scene: Scene, actions: str | list[str] | None = None, resource: str | list[str] = "*"
) -> tuple[str, str]:
    """Name and ARN of a new role for a function, which may do no more than these actions."""
    name, arn = created_role(scene, {"Service": "lambda.amazonaws.com"})
    if actions:
        grant(scene, name, actions, resource)
    return name, arn


def function(
    scene: Scene, role: str, code: str, *, timeout_seconds: int = TIMEOUT_SECONDS
) -> tuple[str, str]:
    """Name and ARN of a new function with this Python code, whose `handler` is called."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("probe.py", code)
    return packaged(
        scene, role, package.getvalue(), "probe.handler", timeout_seconds=timeout_seconds
    )


def packaged(
    scene: Scene,
    role: str,
    package: bytes,
    handler: str,
    *,
    timeout_seconds: int,
    variables: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """Name and ARN of a new function of this zip, once it can be invoked."""
    client, name = scene.client("lambda"), scene.run.name()
    arn = scene.temporary.make(
        name,
        lambda: once_allowed(
            scene,
            lambda: str(
                client.create_function(
                    FunctionName=name,
                    Runtime="python3.13",
                    Role=role,
                    Handler=handler,
                    Timeout=timeout_seconds,
                    MemorySize=_MEGABYTES,
                    Code={"ZipFile": package},
                    Environment={"Variables": dict(variables or {})},
                    Tags=scene.run.tags,
                )["FunctionArn"]
            ),
        ),
        lambda: client.delete_function(FunctionName=name),
    )

    settled(scene, name)
    return name, arn


def settled(scene: Scene, name: str) -> None:
    """Wait until the function is active, as it was created or changed last."""
    client = scene.client("lambda")

    def active() -> bool:
        found = client.get_function_configuration(FunctionName=name)
        states = found.get("State", "Active"), found.get("LastUpdateStatus", "Successful")
        return states == ("Active", "Successful")

    scene.ready(active, f"the function {name} is active")


def mapped(scene: Scene, **mapping: Any) -> None:  # noqa: ANN401 - what boto3 takes
    """Let a function consume a queue or a stream."""
    create = scene.client("lambda").create_event_source_mapping
    scene.temporary.make(
        f"the event source mapping of {mapping['EventSourceArn']}",
        lambda: once_allowed(scene, lambda: str(create(**mapping)["UUID"])),
        lambda: unmap(scene, mapping),
    )


def unmap(scene: Scene, mapping: Mapping[str, Any]) -> None:
    """Remove all mappings between these two: the answer with a UUID may have got lost."""
    client = scene.client("lambda")
    here = {part: mapping[part] for part in ("EventSourceArn", "FunctionName")}
    for one in client.list_event_source_mappings(**here)["EventSourceMappings"]:
        client.delete_event_source_mapping(UUID=one["UUID"])


def once_allowed(scene: Scene, call: Callable[[], str]) -> str:
    """The answer of a call, as soon as Lambda may use a role that was made just now."""
    refusal = ""

    def answer() -> str:
        nonlocal refusal
        try:
            return call()
        except ClientError as error:
            refusal = error_message(error)
            if any(word in refusal for word in ("role", "permission", "Pending")):
                return ""
            raise

    try:
        return scene.ready(answer, "Lambda accepts the new role")
    except NotTried as late:
        raise NotTried(f"{late}; last: {refusal}") from late
