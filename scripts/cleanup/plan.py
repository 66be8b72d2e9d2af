"""Decide what goes, in which order, and why the rest stays: a pure function of what was found."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.cleanup.label import Label, Unclear, read
from scripts.cleanup.resource import STATE, UNKNOWN, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from scripts.cleanup.label import Stack

# How long a state is kept that has no resource left to say so: what modules/tagging defaults to.
STATE_TTL = timedelta(hours=72)


class Pull(enum.Enum):
    """What is known of a pull request."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Outcome(enum.Enum):
    """What becomes of a resource that is, or claims to be, temporary."""

    DELETE = "delete"
    GOES_ALONG = "goes along"
    KEEP = "keep"
    WAITS = "waits"
    CANNOT_TELL = "cannot tell"
    REFUSED = "refused"
    NO_WAY = "no way known"


# What a person has to look at.
TROUBLE = frozenset({Outcome.CANNOT_TELL, Outcome.REFUSED, Outcome.NO_WAY})


@dataclass(frozen=True)
class Verdict:
    """What becomes of one resource, and why; ``stack`` is None where the tags do not say it."""

    resource: Resource
    outcome: Outcome
    why: str
    stack: Stack | None
    created: datetime | None = None


def plan(
    resources: Iterable[Resource],
    *,
    pulls: Mapping[int, Pull],
    now: datetime,
    held: Mapping[Stack, str],
) -> list[Verdict]:
    """One verdict for each resource that is, or claims to be, temporary, in the order of deletion.

    ``pulls``: what is known of pull requests, where none is UNKNOWN; ``held``: stacks that somebody
    works on, and how one can tell. A stack is as young as its youngest resource.
    """
    found = sorted(resources, key=lambda one: one.arn)
    labels = {one.arn: _label(one) for one in found}
    reasons = {
        stack: _why_kept(stack, expires, pulls, now, held)
        for stack, expires in _expiries(found, labels).items()
    }
    verdicts = [verdict for one in found if (verdict := _verdict(one, labels, reasons)) is not None]
    verdicts = _parts(_wholes(verdicts, found))
    stuck = {one.stack for one in verdicts if one.outcome in TROUBLE}
    verdicts = [
        replace(one, outcome=Outcome.WAITS, why="deleted after the rest of its stack")
        if one.stack in stuck and one.outcome is Outcome.DELETE and one.resource.rank >= STATE
        else one
        for one in verdicts
    ]
    return sorted(verdicts, key=lambda one: (one.resource.rank, one.resource.arn))


def _label(resource: Resource) -> Label | Unclear | None:
    label = read(resource.tags)
    if isinstance(label, Label):
        foreign = [name for name in resource.names if not label.stack.owns(name)]
        if foreign:
            why = f"its name {foreign[0]} does not begin with {label.stack.prefix}-"
            return Unclear(why, label.stack)
    return label


def _expiries(
    found: Iterable[Resource], labels: Mapping[str, Label | Unclear | None]
) -> dict[Stack, datetime]:
    tagged: dict[Stack, datetime] = {}
    states: dict[Stack, datetime] = {}
    for one in found:
        label = labels[one.arn]
        # A name that does not fit says nothing against the tags' times: the later the safer.
        known = label if isinstance(label, Label) else read(one.tags)
        if isinstance(known, Label):
            tagged[known.stack] = max(known.expires, tagged.get(known.stack, known.expires))
        elif one.belongs_to is not None and one.changed is not None:
            expires = one.changed + STATE_TTL
            states[one.belongs_to] = max(expires, states.get(one.belongs_to, expires))
    return states | tagged


def _why_kept(
    stack: Stack,
    expires: datetime,
    pulls: Mapping[int, Pull],
    now: datetime,
    held: Mapping[Stack, str],
) -> str | None:
    if stack.pull is not None:
        match pulls.get(stack.pull, Pull.UNKNOWN):
            case Pull.OPEN:
                return f"pull request {stack.pull} is open"
            case Pull.UNKNOWN:
                return f"unknown whether pull request {stack.pull} is open"
    if now < expires:
        return f"kept until {expires:%Y-%m-%d %H:%M} UTC"
    return held.get(stack)


def _verdict(
    one: Resource,
    labels: Mapping[str, Label | Unclear | None],
    reasons: Mapping[Stack, str | None],
) -> Verdict | None:
    label = labels[one.arn]
    if isinstance(label, Unclear):
        return Verdict(one, Outcome.CANNOT_TELL, label.why, label.stack)
    stack = label.stack if label else one.belongs_to
    if stack is None:
        return None
    created = label.created if label else one.changed
    # What has no tags, of a stack that nothing stands for any more.
    kept = reasons.get(stack, "no resource of its stack has tags")
    if kept is not None:
        return Verdict(one, Outcome.KEEP, kept, stack, created)
    if one.rank == UNKNOWN:
        return Verdict(
            one, Outcome.NO_WAY, "this tool cannot delete this kind of resource", stack, created
        )
    if one.obstacle:
        return Verdict(one, Outcome.REFUSED, one.obstacle, stack, created)
    why = "older than its time to live" if stack.pull is None else "its pull request is closed"
    return Verdict(one, Outcome.DELETE, why, stack, created)


def _wholes(verdicts: list[Verdict], found: list[Resource]) -> list[Verdict]:
    stacks = {one.resource.arn: one.stack for one in verdicts}
    claimed = {
        one.part_of: one
        for one in found
        if one.part_of in stacks and stacks.get(one.arn) != stacks[one.part_of]
    }

    def judged(one: Verdict) -> Verdict:
        part = claimed.get(one.resource.arn)
        if part is None or one.outcome is not Outcome.DELETE:
            return one
        why = f"its part {part.arn} has tags of another stack"
        return replace(one, outcome=Outcome.CANNOT_TELL, why=why)

    return [judged(one) for one in verdicts]


def _parts(verdicts: list[Verdict]) -> list[Verdict]:
    by_arn = {one.resource.arn: one for one in verdicts}

    def judged(one: Verdict) -> Verdict:
        whole = by_arn.get(one.resource.part_of)
        if not one.resource.part_of or one.outcome is not Outcome.DELETE:
            return one
        if whole is None or whole.stack != one.stack:
            return replace(
                one,
                outcome=Outcome.CANNOT_TELL,
                why=f"it is part of {one.resource.part_of}, which belongs to another stack",
            )
        if whole.outcome is not Outcome.DELETE:
            return replace(one, outcome=whole.outcome, why=whole.why)
        return replace(
            one, outcome=Outcome.GOES_ALONG, why="deleted with the resource it is part of"
        )

    return [judged(one) for one in verdicts]
