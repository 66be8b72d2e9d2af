"""What was found in the account, as far as the plan needs to know it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scripts.cleanup.label import Stack

# What goes last, and only if all else of its stack did: a later run finds the stack by it.
LAST = 90
# A state tells Terraform what is there, so it waits even for what nobody may delete.
STATE = 95
UNKNOWN = -1


@dataclass(frozen=True)
class Resource:
    """One resource.

    ``names``: what it is called, by others than AWS; ``rank``: consumers come before what they
    consume; ``obstacle``: why it must not be deleted; ``part_of``: the ARN of what takes it along;
    ``belongs_to``: the stack of what cannot have tags, known by its exact name; ``changed``: when a
    state was written.
    """

    arn: str
    kind: str
    rank: int = UNKNOWN
    tags: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    obstacle: str = ""
    part_of: str = ""
    belongs_to: Stack | None = None
    changed: datetime | None = None

    @property
    def name(self) -> str:
        """What to call it in a report."""
        return self.names[0] if self.names else self.arn.partition(":")[2].split(":", 4)[-1]
