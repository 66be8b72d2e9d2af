"""The deployed API that a command line is about, and the table behind it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.commands.api import CommandsApi
from scripts.errors import OperatorError
from scripts.framework import transport
from scripts.target.options import named, unnamed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from scripts.target.target import Target

ENDPOINT_VARIABLE = "COMMANDS_ENDPOINT"


@dataclass(frozen=True)
class Table:
    """What listing needs: the table, the index on it, and a client."""

    name: str
    index: str
    ttl_attribute: str
    client: DynamoDBClient


@dataclass(frozen=True)
class DeployedApi:
    """One deployed API; `target` is None where only its URL is known."""

    api: CommandsApi
    target: Target | None = None

    def table(self) -> Table:
        """The table with its index; OperatorError where the target or the environment has none."""
        if self.target is None:
            raise OperatorError(
                "list reads the table and cannot use an endpoint URL; pass --env or --local"
            )
        index = self.target.outputs.get("command_index_name")
        if not index:
            raise OperatorError(
                "this environment has no index to list by; set commands = { index = true } in"
                " its terraform.tfvars and apply (for the cost see docs/status.md)"
            )
        name, ttl = self.target.require("dynamodb_table_name", "dynamodb_ttl_attribute")
        return Table(name, index, ttl, self.target.client("dynamodb"))


def resolve(*, endpoint: str | None, env: str | None, local: bool) -> DeployedApi:
    """The API that the options name, else the one of COMMANDS_ENDPOINT."""
    target = named(env=env, local=local, endpoint=endpoint)
    if target is not None:
        (url,) = target.require("commands_endpoint")
        return DeployedApi(CommandsApi(url), target)
    if endpoint is not None:
        return DeployedApi(CommandsApi(_commands_url(endpoint, "--endpoint")))
    url = os.environ.get(ENDPOINT_VARIABLE)
    if not url:
        raise OperatorError(unnamed("--endpoint URL", f"set {ENDPOINT_VARIABLE}"))
    return DeployedApi(CommandsApi(_commands_url(url, ENDPOINT_VARIABLE)))


def _commands_url(url: str, source: str) -> str:
    url = url.rstrip("/")
    try:
        transport.endpoint_of(url)
    except transport.InvalidEndpoint as error:
        raise OperatorError(f"{source}: {error}") from None
    return url if url.endswith("/commands") else f"{url}/commands"
