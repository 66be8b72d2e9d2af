"""Where a run takes place: the local stack, or the account of an environment.

Whatever a run creates there is temporary and of its own, so no queue, table or function that
somebody uses is ever hurt.
"""

from __future__ import annotations

import contextlib
import functools
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.console import Console

from scripts.errors import OperatorError
from scripts.interrupts import deferred
from scripts.prove.scene import Run, Scene
from scripts.settings import read_settings
from scripts.stack.clients import client
from scripts.target.target import Target
from scripts.target.temporary import Temporary, new_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scripts.stack.stack import LocalStack


@dataclass(frozen=True)
class Ground:
    """An account by the settings of an environment; `environ` leads Terraform there."""

    target: Target
    environ: Mapping[str, str]

    @classmethod
    def local(cls, stack: LocalStack) -> Ground:
        """This stack, whatever else runs on this machine."""
        settings = replace(read_settings("dev"), region=stack.environ["AWS_REGION"], profile=None)
        others = {name: it for name, it in os.environ.items() if not name.startswith("AWS_")}
        connect = functools.partial(client, stack)
        return cls(Target(settings, dict, lambda: connect, local=True), {**others, **stack.environ})

    @contextlib.contextmanager
    def scene(self) -> Iterator[Scene]:
        """What a run creates in, and which goes with it; OperatorError names what is left."""
        scene = Scene(Run(self.target))
        try:
            yield scene
        finally:
            with deferred():
                scene.temporary.close()
        if scene.temporary.left:
            raise OperatorError("could not remove: " + "; ".join(scene.temporary.left))

    def deployed(self, scene: Scene, variables: Mapping[str, object]) -> Target:
        """The environment under a temporary name, as Terraform deploys it with these variables."""
        name = new_name(self.target.settings)
        temporary = Temporary(self.target, name, self.environ, variables=variables)
        applied = temporary.applied(Console(stderr=True))
        return scene.temporary.make(
            name, applied.__enter__, lambda: applied.__exit__(None, None, None)
        )
