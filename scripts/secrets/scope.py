"""Which secrets a command is about: their prefix, and the account and region they live in."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from scripts import cli
from scripts.aws_session import session_of
from scripts.errors import OperatorError
from scripts.target.options import named, unnamed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scripts.settings import EnvironmentSettings
    from scripts.target.target import Target

PREFIX_VARIABLE = "SECRET_PREFIX"


@dataclass(frozen=True)
class Choice:
    """What the operator passed on the command line."""

    env: str | None = None
    project: str | None = None
    prefix: str | None = None
    region: str | None = None
    profile: str | None = None
    local: bool = False


@dataclass(frozen=True)
class Scope:
    """The prefix ends in a slash and is None if nobody named one; ``flags`` repeat the choice.

    ``client`` makes a boto3 client, for the account and region that the choice means.
    """

    prefix: str | None
    flags: str
    client: Callable[..., Any]

    def required_prefix(self) -> str:
        """Return the prefix, or raise an OperatorError that says how to give one."""
        if self.prefix is None:
            raise OperatorError(
                unnamed(
                    "--prefix /dev/acme-jobs/", f"set {PREFIX_VARIABLE} (the worker uses it too)"
                )
            )
        return self.prefix

    def full_name(self, name: str) -> str:
        """Return the secret's whole name for a purpose; whole names and ARNs stay as they are."""
        return name if name.startswith(("/", "arn:")) else self.required_prefix() + name

    def command(self, verb: str, *words: str) -> str:
        """Return a command line that works on the same secrets, to be copied by the operator."""
        return cli.command_line("secrets", verb, *words, flags=self.flags)


def resolve(choice: Choice, environ: Mapping[str, str]) -> Scope:
    """Work out the scope: first the command line, then the environment, then ``environ``.

    Raises OperatorError if the environment is unknown or does not say its project.
    """
    if choice.project is not None and choice.env is None:
        raise click.UsageError("--project requires --env NAME")
    if choice.local and (choice.region or choice.profile):
        raise click.UsageError("--local cannot be combined with --profile or --region")
    target = _target(choice)
    settings = target.settings if target else None
    prefix = choice.prefix or environ.get(PREFIX_VARIABLE) or None
    if choice.env is not None or choice.local:
        prefix = _environment_prefix(choice, settings)
    if target is not None and target.local:
        client: Callable[..., Any] = target.client
    else:
        client = session_of(settings, profile=choice.profile, region=choice.region).client
    return Scope(prefix and prefix.rstrip("/") + "/", _flags(choice), client)


def _target(choice: Choice) -> Target | None:
    try:
        return named(env=choice.env, local=choice.local, prefix=choice.prefix)
    except OperatorError:
        if choice.project is None:
            raise
        return None  # with --project the names are known without the environment's files


def _environment_prefix(choice: Choice, settings: EnvironmentSettings | None) -> str:
    project = choice.project or (settings.project if settings else None)
    if not project:
        folder = settings.folder if settings else choice.env
        raise OperatorError(
            f"environments/{folder}/terraform.tfvars does not set project; pass --project NAME"
        )
    return f"/{(settings.environment if settings else None) or choice.env}/{project}/"


def _flags(choice: Choice) -> str:
    given = {
        "--env": choice.env,
        "--project": choice.project,
        "--prefix": choice.prefix,
        "--region": choice.region,
        "--profile": choice.profile,
    }
    words = [word for flag, value in given.items() if value for word in (flag, value)]
    return shlex.join(["--local", *words] if choice.local else words)
