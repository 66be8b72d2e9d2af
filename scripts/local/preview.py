"""The preview of a pull request on the local stack, up and down: `make preview PR=7`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scripts.cleanup.aws import of_stack
from scripts.cleanup.find import left_of
from scripts.settings import read_settings
from scripts.stack.deployment import Deployment
from scripts.stack.progress import shown
from scripts.stack.steps import deploy, empty_secrets, seed

if TYPE_CHECKING:
    from rich.console import Console

    from scripts.cleanup.resource import Resource
    from scripts.stack.stack import LocalStack

ENVIRONMENT = "preview"
LARGEST_NUMBER = 999999


def deployment(stack: LocalStack, number: int) -> Deployment:
    """The pull request's deployment, beside others of the stack.

    It was created when it was first applied: on AWS the time when the pull request was opened.
    """
    known = Deployment(stack, ENVIRONMENT, name=f"pr-{number}").applied_variables()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    variables = {"pr_number": number, "created_at": known.get("created_at", now)}
    return Deployment(stack, ENVIRONMENT, variables, name=f"pr-{number}")


def up(console: Console, stack: LocalStack, number: int) -> dict[str, Any]:
    """Start the stack and bring the preview to what the working tree says; its outputs.

    Secrets without a value get a random one; a value that is there stays.
    """
    outputs = deploy(console, deployment(stack, number))
    seed(console, stack, {"secret_names": empty_secrets(stack, outputs["secret_names"])})
    return outputs


def down(console: Console, stack: LocalStack, number: int) -> bool:
    """Destroy the preview; False where there is none."""
    if stack.find() is None:
        return False
    one = deployment(stack, number)
    if one.start_over():
        console.print("The last run was interrupted: the whole local stack is removed.")
        stack.start()
        return True
    if not one.applied_variables():
        return False
    with shown(console, "Terraform") as on_event:
        return one.destroy(on_event)


def left(stack: LocalStack, number: int) -> list[Resource]:
    """What has the preview's tags, or its names where AWS keeps none: nothing once it is down."""
    return left_of(of_stack(stack), number, read_settings(ENVIRONMENT).project)
