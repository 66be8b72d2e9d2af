"""Which deployed API a command line is about, and what else is known of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from scripts.commands.api import CommandsApi
from scripts.errors import OperatorError
from scripts.framework import transport
from scripts.settings import ENVIRONMENTS, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

ENDPOINT_VARIABLE = "COMMANDS_ENDPOINT"


@dataclass(frozen=True)
class Table:
    """What listing needs: the table, the index on it, and a client made on demand."""

    name: str
    index: str
    ttl_attribute: str
    client: Callable[[], DynamoDBClient]


@dataclass(frozen=True)
class Target:
    """One deployed environment; `outputs` are Terraform's, empty where only the URL is known."""

    api: CommandsApi
    outputs: Mapping[str, Any] = field(default_factory=dict)
    client: Callable[[], DynamoDBClient] | None = None

    def table(self) -> Table:
        """The table with its index; OperatorError where the target or the environment has none."""
        if self.client is None:
            raise OperatorError(
                "list reads the table, which a URL does not name; pass --env or --local"
            )
        index = self.outputs.get("command_index_name")
        if not index:
            raise OperatorError(
                "this environment has no index to list by; write commands = { index = true } into"
                " its terraform.tfvars and apply (see docs/status.md for what it costs)"
            )
        return Table(
            name=self.outputs["dynamodb_table_name"],
            index=index,
            ttl_attribute=self.outputs["dynamodb_ttl_attribute"],
            client=self.client,
        )


def resolve(*, endpoint: str | None, env: str | None, local: bool) -> Target:
    """The target that the options name, else the one of COMMANDS_ENDPOINT."""
    if sum((endpoint is not None, env is not None, local)) > 1:
        raise click.UsageError("--endpoint, --env and --local exclude each other: pass one of them")
    if env is not None:
        return _environment(env)
    if local:
        return _local()
    if endpoint is not None:
        return Target(CommandsApi(_commands_url(endpoint, "--endpoint")))
    url = os.environ.get(ENDPOINT_VARIABLE)
    if not url:
        raise OperatorError(
            f"say which API: --local, --env NAME, --endpoint URL, or set {ENDPOINT_VARIABLE}"
        )
    return Target(CommandsApi(_commands_url(url, ENDPOINT_VARIABLE)))


def _commands_url(url: str, source: str) -> str:
    url = url.rstrip("/")
    try:
        transport.endpoint_of(url)
    except transport.InvalidEndpoint as error:
        raise OperatorError(f"{source}: {error}") from None
    return url if url.endswith("/commands") else f"{url}/commands"


def _environment(name: str) -> Target:
    from scripts.build.terraform.runner import Terraform  # noqa: PLC0415  costs the others a start

    settings = read_settings(name)
    folder = ENVIRONMENTS / name
    if not (folder / ".terraform").is_dir():
        raise OperatorError(
            f"Terraform has not been set up here; run: terraform -chdir=environments/{name} init"
            " (for the stack on this machine: --local)"
        )
    outputs = Terraform(folder, dict(os.environ)).output()
    if "commands_endpoint" not in outputs:
        raise OperatorError(
            f"environments/{name} is not deployed; run:"
            f" terraform -chdir=environments/{name} apply (on this machine: --local)"
        )

    def client() -> DynamoDBClient:
        from scripts.aws_session import session_of  # noqa: PLC0415  only list needs boto3

        return session_of(settings).client("dynamodb")

    return Target(CommandsApi(outputs["commands_endpoint"]), outputs, client)


def _local() -> Target:
    from scripts.stack.clients import dynamodb_client  # noqa: PLC0415  only --local needs it
    from scripts.stack.deployment import Deployment  # noqa: PLC0415
    from scripts.stack.stack import LocalStack  # noqa: PLC0415

    stack = LocalStack()
    if stack.find() is None:
        raise OperatorError("the local stack does not run; run: make up")
    outputs = Deployment(stack).outputs()
    return Target(
        CommandsApi(outputs["commands_endpoint"]), outputs, lambda: dynamodb_client(stack)
    )
