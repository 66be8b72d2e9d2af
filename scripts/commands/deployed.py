"""The deployed API that a command line is about, and the table behind it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scripts.commands.api import CommandsApi
from scripts.errors import OperatorError
from scripts.framework import transport
from scripts.target.options import named, unnamed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from scripts.target.target import Target

ENDPOINT_VARIABLE = "COMMANDS_ENDPOINT"
TOKEN_VARIABLE = "COMMANDS_TOKEN"  # noqa: S105  a name


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

    def grouped(self, group: str | None) -> CommandsApi:
        """The API for commands of this group; OperatorError where a FIFO queue needs one."""
        if group is not None:
            return replace(self.api, headers={**self.api.headers, "x-message-group-id": group})
        url = str(self.target.outputs.get("sqs_queue_url", "")) if self.target else ""
        if url.endswith(".fifo"):
            raise OperatorError(
                "this environment's queue is FIFO; name the group whose commands run in order, for"
                " example: --group customer-7"
            )
        return self.api

    def table(self) -> Table:
        """The table with its index; OperatorError where the target or the environment has none."""
        if self.target is None:
            raise OperatorError(
                "list reads the table, which a URL does not name; pass --env or --local"
            )
        index = self.target.outputs.get("command_index_name")
        if not index:
            raise OperatorError(
                "this environment has no index to list by; write commands = { index = true } into"
                " its terraform.tfvars and apply (see docs/status.md for what it costs)"
            )
        name, ttl = self.target.require("dynamodb_table_name", "dynamodb_ttl_attribute")
        return Table(name, index, ttl, self.target.client("dynamodb"))


def resolve(
    *,
    endpoint: str | None,
    env: str | None,
    local: bool,
    headers: Mapping[str, str] | None = None,
) -> DeployedApi:
    """The API that the options name, else the one of COMMANDS_ENDPOINT.

    `headers` are those of every request.
    """
    sent = headers or {}
    target = named(env=env, local=local, endpoint=endpoint)
    if target is not None:
        (url,) = target.require("commands_endpoint")
        return DeployedApi(CommandsApi(url, sent), target)
    if endpoint is not None:
        return DeployedApi(CommandsApi(_commands_url(endpoint, "--endpoint"), sent))
    url = os.environ.get(ENDPOINT_VARIABLE)
    if not url:
        raise OperatorError(unnamed("--endpoint URL", f"set {ENDPOINT_VARIABLE}"))
    return DeployedApi(CommandsApi(_commands_url(url, ENDPOINT_VARIABLE), sent))


def _commands_url(url: str, source: str) -> str:
    url = url.rstrip("/")
    try:
        transport.endpoint_of(url)
    except transport.InvalidEndpoint as error:
        raise OperatorError(f"{source}: {error}") from None
    return url if url.endswith("/commands") else f"{url}/commands"
