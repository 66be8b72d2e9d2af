"""Functions of the probes' own."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from scripts.prove.gateways import created_role, grant

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.prove.scene import Scene

TIMEOUT_SECONDS = 2
# With so much of a processor that importing boto3 takes no second.
_MEGABYTES = 512


def function_role(
    scene: Scene, actions: str | list[str] | None = None, resource: str = "*"
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
    client, name = scene.client("lambda"), scene.run.name()
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("probe.py", code)

    # Its role may not write logs, so AWS makes no log group; the local stack does not ask.
    group = f"/aws/lambda/{name}"
    scene.temporary.make(
        group, lambda: None, lambda: scene.client("logs").delete_log_group(logGroupName=group)
    )
    arn = scene.temporary.make(
        name,
        lambda: once_allowed(
            scene,
            lambda: str(
                client.create_function(
                    FunctionName=name,
                    Runtime="python3.12",
                    Role=role,
                    Handler="probe.handler",
                    Timeout=timeout_seconds,
                    MemorySize=_MEGABYTES,
                    Code={"ZipFile": package.getvalue()},
                    Tags=scene.run.tags,
                )["FunctionArn"]
            ),
        ),
        lambda: client.delete_function(FunctionName=name),
    )

    def active() -> bool:
        configuration = client.get_function_configuration(FunctionName=name)
        return bool(configuration.get("State", "Active") == "Active")

    scene.ready(active, "the function is active")
    return name, arn


def once_allowed(scene: Scene, call: Callable[[], str]) -> str:
    """The answer of a call, as soon as Lambda may use a role that was made just now."""

    def answer() -> str:
        try:
            return call()
        except ClientError as error:
            if any(word in str(error) for word in ("role", "permission", "Pending")):
                return ""
            raise

    return scene.ready(answer, "Lambda accepts the new role")
