"""Take turns at the plugin cache, which Terraform does not protect from itself.

https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
"""

from __future__ import annotations

import contextlib
import fcntl
from typing import TYPE_CHECKING

from scripts.build.terraform.places import TOOLS
from scripts.build.terraform.providers import CACHE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def cache_turn(environ: Mapping[str, str]) -> Iterator[None]:
    """Hold this clone's turn for one ``terraform init``, where a cache is in use at all."""
    if CACHE_VARIABLE not in environ:
        yield
        return
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "plugin-cache.lock").open("w") as turn:
        # Released when the file is closed, however this process ends.
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
