"""Decide where Terraform takes its providers from, for our child processes only."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import http.client
import json
import threading
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.build.terraform.mirrors import REGISTRY, find_mirror, mirror_config
from scripts.build.terraform.places import TOOLS, Places
from scripts.build.terraform.user_config import (
    CONFIG_VARIABLE,
    has_config,
    tokens,
    without_missing_config,
)
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MIRROR_VARIABLE = "TF_PROVIDER_MIRROR"
CACHE_VARIABLE = "TF_PLUGIN_CACHE_DIR"
_PATIENCE = 4.0  # seconds for the registry's discovery document


def provider_environment(
    environ: Mapping[str, str], *, places: Places | None = None
) -> dict[str, str]:
    """Return the environment for a Terraform that has to install providers.

    The first that applies: ``TF_PROVIDER_MIRROR``; the user's own CLI configuration; the registry,
    with a cache in ``.tools/``; a mirror where mirrors usually lie. Nothing is written outside
    ``.tools/``. Raises OperatorError for a mirror that is none, or if no source is left.
    """
    places = places or Places()
    child = without_missing_config(environ)
    if mirror := child.get(MIRROR_VARIABLE):
        return _from_mirror(child, _checked(Path(mirror).absolute()), places)
    if has_config(child):
        return child
    if _registry_answers(places.registry):
        return _with_cache(child, places)
    if found := find_mirror(child, places):
        return _from_mirror(child, found, places)
    raise OperatorError(
        f"neither the Terraform registry nor a provider mirror can be reached; connect to"
        f" {REGISTRY}, or set {MIRROR_VARIABLE} to a directory made by: terraform providers mirror"
    )


@contextlib.contextmanager
def cache_turn(environ: Mapping[str, str]) -> Iterator[None]:
    """Hold this clone's turn for one ``terraform init``, where a cache is in use at all.

    Terraform does not protect the cache from itself:
    https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
    """
    if CACHE_VARIABLE not in environ:
        yield
        return
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "plugin-cache.lock").open("w") as turn:
        # Released when the file is closed, however this process ends.
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _checked(mirror: Path) -> Path:
    if not (mirror / REGISTRY).is_dir():
        raise OperatorError(
            f"{MIRROR_VARIABLE} is {mirror}, which holds no {REGISTRY} directory;"
            f" fill it with: terraform providers mirror {mirror}, or unset it"
        )
    return mirror


def _from_mirror(child: dict[str, str], mirror: Path, places: Places) -> dict[str, str]:
    config = mirror_config(mirror, places.tools)
    return {**tokens(child), **child, CONFIG_VARIABLE: str(config)}


def _with_cache(child: dict[str, str], places: Places) -> dict[str, str]:
    if CACHE_VARIABLE not in child:
        cache = places.tools / "plugin-cache"
        cache.mkdir(parents=True, exist_ok=True)
        child[CACHE_VARIABLE] = str(cache)
    return child


@functools.cache
def _registry_answers(url: str) -> bool:
    # In a thread, because the time-out of a connection does not cover a slow name server.
    answers: list[bool] = []
    probe = threading.Thread(target=lambda: answers.append(_discover(url)), daemon=True)
    probe.start()
    probe.join(_PATIENCE)
    return any(answers)


def _discover(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE) as answer:  # noqa: S310  https, or a test's
            # A hotel's or company's log-in page also answers 200, but not with this document.
            document = json.load(answer)
    except (OSError, ValueError, http.client.HTTPException):
        return False
    return isinstance(document, dict) and "providers.v1" in document
