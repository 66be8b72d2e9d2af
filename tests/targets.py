"""Targets without Terraform and AWS: outputs and clients that a test makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scripts.settings import EnvironmentSettings
from scripts.target import options
from scripts.target.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest


def target(
    outputs: Mapping[str, Any],
    client: Callable[[str], Any] = lambda _: None,
    *,
    env: str = "dev",
    local: bool = False,
) -> Target:
    """A target with these outputs; `client` makes the client for a service."""
    settings = EnvironmentSettings(env, "acme", env, "us-east-1", None)

    def connect() -> Callable[..., Any]:
        return lambda service, config: client(service)  # noqa: ARG005  without a network

    return Target(settings, lambda: outputs, connect, local, last_applied=local)


def aim(monkeypatch: pytest.MonkeyPatch, at: Target) -> None:
    """Let --env, with any name, and --local of every tool mean this target."""

    def folder(name: str) -> Target:
        return replace(at, settings=replace(at.settings, folder=name), local=False)

    def stack(env: str | None = None) -> Target:
        there = at if env is None else folder(env)
        return replace(there, local=True, last_applied=env is None)

    monkeypatch.setattr(options, "of_folder", folder)
    monkeypatch.setattr(options, "of_stack", stack)
