"""Options that name a deployed API and what goes along with every request to it."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import click

from scripts.commands.deployed import ENDPOINT_VARIABLE, TOKEN_VARIABLE, resolve
from scripts.target.options import target_options

if TYPE_CHECKING:
    from collections.abc import Callable


class Header(click.ParamType[tuple[str, str]]):
    """A header as curl takes it, like `x-api-key: abc`."""

    name = "header"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Its name in lowercase, and its value."""
        # Not quoted in the refusal: the value may be a key.
        found = re.fullmatch(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*([\x20-\x7e]*)", str(value))
        if not found:
            self.fail("a header is 'NAME: VALUE', for example 'x-api-key: KEY'", param, ctx)
        return found[1].lower(), found[2].strip()


_TOKEN = click.option(
    "--token", envvar=TOKEN_VARIABLE, help=f"Access token of a JWT API; also: {TOKEN_VARIABLE}."
)
_HEADER = click.option(
    "--header",
    "headers",
    type=Header(),
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Header of every request, an API key for example; repeatable.",
)


def on_api(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options, and call the command with the DeployedApi that they name."""

    @functools.wraps(command)
    def with_api(
        *,
        endpoint: str | None,
        env: str | None,
        local: bool,
        token: str | None,
        headers: tuple[tuple[str, str], ...],
        **options: object,
    ) -> int:
        sent = dict(headers)
        if token:
            sent["authorization"] = f"Bearer {token}"
        deployed = resolve(endpoint=endpoint, env=env, local=local, headers=sent)
        return command(deployed, **options)

    url = click.option(
        "--endpoint",
        metavar="URL",
        help=f"Endpoint of the API; environment variable: {ENDPOINT_VARIABLE}.",
    )
    return target_options(url(_TOKEN(_HEADER(with_api))))
