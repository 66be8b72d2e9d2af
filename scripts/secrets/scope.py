"""Which secrets a command is about: their prefix, and the account and region they live in."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from scripts.errors import OperatorError
from scripts.settings import EnvironmentSettings, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX_VARIABLE = "SECRET_PREFIX"
_ANY_CREDENTIALS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL")


@dataclass(frozen=True)
class Choice:
    """What the operator passed on the command line."""

    env: str | None = None
    project: str | None = None
    prefix: str | None = None
    region: str | None = None
    profile: str | None = None


@dataclass(frozen=True)
class Scope:
    """The prefix ends in a slash and is None if nobody named one; ``flags`` repeat the choice."""

    prefix: str | None
    region: str | None
    profile: str | None
    flags: str

    def required_prefix(self) -> str:
        """Return the prefix, or raise an OperatorError that says how to give one."""
        if self.prefix is None:
            raise OperatorError(
                "say which secrets: --env NAME, --prefix /dev/acme-jobs/,"
                f" or set {PREFIX_VARIABLE} (the worker's own variable)"
            )
        return self.prefix

    def full_name(self, name: str) -> str:
        """Return the secret's whole name for a purpose; whole names and ARNs stay as they are."""
        return name if name.startswith(("/", "arn:")) else self.required_prefix() + name

    def command(self, verb: str, *words: str) -> str:
        """Return a command line that works on the same secrets, to be copied by the operator."""
        line = shlex.join(["python", "-m", "scripts.secrets", verb, *words])
        return f"{line} {self.flags}".strip()


def resolve(choice: Choice, environ: Mapping[str, str]) -> Scope:
    """Work out the scope: first the command line, then the environment, then ``environ``.

    Raises OperatorError if the environment is unknown or does not say its project.
    """
    if choice.env is not None and choice.prefix is not None:
        raise click.UsageError("--env and --prefix exclude each other: pass one of them")
    if choice.project is not None and choice.env is None:
        raise click.UsageError("--project goes with --env NAME")
    settings = _settings(choice)
    prefix = choice.prefix or environ.get(PREFIX_VARIABLE) or None
    if choice.env is not None:
        prefix = _environment_prefix(choice, settings)
    chooses_credentials = any(environ.get(name) for name in _ANY_CREDENTIALS)
    return Scope(
        prefix=prefix and prefix.rstrip("/") + "/",
        # Where Terraform put them: it goes by its variable, not by AWS_REGION (which boto3, unlike
        # every other tool, does not read).
        region=choice.region
        or (settings.region if settings else None)
        or environ.get("AWS_REGION"),
        profile=choice.profile
        or (settings.profile if settings and not chooses_credentials else None),
        flags=_flags(choice),
    )


def _settings(choice: Choice) -> EnvironmentSettings | None:
    if choice.env is None:
        return None
    try:
        return read_settings(choice.env)
    except OperatorError:
        if choice.project is None:
            raise
        return None  # with --project the names are known without the environment's files


def _environment_prefix(choice: Choice, settings: EnvironmentSettings | None) -> str:
    project = choice.project or (settings.project if settings else None)
    if not project:
        raise OperatorError(
            f"environments/{choice.env}/terraform.tfvars does not set project; pass --project NAME"
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
    return shlex.join(word for flag, value in given.items() if value for word in (flag, value))
