"""Who asks, and which commands exist for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from command_api.domain.errors import Unidentified

if TYPE_CHECKING:
    from collections.abc import Collection


class Owned(Protocol):
    """What belongs to somebody, like a command."""

    @property
    def owner(self) -> str:
        """The subject of the token that it was submitted with; empty without owners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever asks; without an owner, in a deployment where commands have none."""

    owner: str = ""
    admin: bool = False

    @property
    def known_only(self) -> bool:
        """Whether what nothing is known of does not exist for this caller."""
        return self.admin or bool(self.owner)

    def sees(self, owned: Owned) -> bool:
        """Whether it exists for this caller: another owner's does not."""
        return not self.owner or self.admin or owned.owner == self.owner


ANYBODY = Caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a deployment asks of callers.

    `authenticated` says that commands have owners, `admin_scope` which scope sees those of all; an
    empty one does not exist.
    """

    authenticated: bool = False
    admin_scope: str = ""

    def caller(self, owner: str, scopes: Collection[str]) -> Caller:
        """The caller with what a token says of it; Unidentified where it says too little."""
        if not self.authenticated:
            return ANYBODY
        if not owner.isprintable() or not owner:
            # SQS takes no control characters, so no command of such an owner could be queued.
            raise Unidentified
        return Caller(owner=owner, admin=bool(self.admin_scope) and self.admin_scope in scopes)
