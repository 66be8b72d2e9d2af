"""Which deployed API a command line is about, and what else is known of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.commands.api import CommandsApi
from scripts.errors import OperatorError
from scripts.framework import transport
from scripts.target.options import named, unnamed

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
    found = named(env=env, local=local, endpoint=endpoint)
    if found is not None:
        (url,) = found.require("commands_endpoint")
        return Target(CommandsApi(url), found.outputs, lambda: found.client("dynamodb"))
    if endpoint is not None:
        return Target(CommandsApi(_commands_url(endpoint, "--endpoint")))
    url = os.environ.get(ENDPOINT_VARIABLE)
    if not url:
        raise OperatorError(unnamed("--endpoint URL", f"set {ENDPOINT_VARIABLE}"))
    return Target(CommandsApi(_commands_url(url, ENDPOINT_VARIABLE)))


def _commands_url(url: str, source: str) -> str:
    url = url.rstrip("/")
    try:
        transport.endpoint_of(url)
    except transport.InvalidEndpoint as error:
        raise OperatorError(f"{source}: {error}") from None
    return url if url.endswith("/commands") else f"{url}/commands"
