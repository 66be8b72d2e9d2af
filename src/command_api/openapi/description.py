"""What the document is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Node: TypeAlias = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Description:
    """An environment's choices, and the types of command that there are.

    `api_mode` is direct, validated or rest; `routes` say which type is behind a path of its own;
    `inputs` has each type with the JSON Schema (draft-07) of its input, or None; `accepted` has an
    example of the answer for types that shape their own; `authentication` is the environment's
    variable of that name; `fifo` says that commands name their group, `callbacks`
    that they may name a receiver. `results` has the JSON Schema
    of the result of each type that has one.
    """

    api_mode: str
    inputs: Mapping[str, Mapping[str, Any] | None]
    routes: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    accepted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    authentication: Mapping[str, Any] = field(default_factory=lambda: {"mode": "none"})
    default_type: str = ""
    fifo: bool = False
    callbacks: bool = False
    # Whether handlers may hand commands over.
    outcomes: bool = False
    # Whether commands can be submitted as a batch that is counted.
    batches: bool = False
    # Whether the commands of a batch can be uploaded.
    uploads: bool = False
    # Whether clients make recurring schedules.
    schedules: bool = False
    # Queues that clients may choose, by name.
    priorities: Sequence[str] = ()
    title: str = "Commands"
    version: str = "1"
    server: str = "/"

    @property
    def mode(self) -> str:
        """How callers identify themselves: none, iam or jwt."""
        return str(self.authentication.get("mode") or "none")

    @property
    def owned(self) -> bool:
        """Whether commands have owners."""
        return self.mode == "jwt"

    @property
    def rest(self) -> bool:
        """Whether a REST API answers, which speaks problem documents itself."""
        return self.api_mode == "rest"

    def scopes(self, verb: str) -> list[str]:
        """The scopes of which a token needs one, for submit, read or cancel."""
        scopes = self.authentication.get("scopes") or {}
        return list(scopes.get(verb) or [])


def component(command_type: str) -> str:
    """What a type's input is called among the document's schemas."""
    return f"Input.{command_type}"


def ref(section: str, name: str) -> Node:
    """A reference to a part of the document."""
    return {"$ref": f"#/components/{section}/{name}"}
