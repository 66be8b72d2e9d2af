"""A way through the settings of an environment on which every change of each of them is met."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

State = dict[str, str]
Goal = tuple[str, ...]
ORIGIN = "https://app.example.com"

# What meets in the API: the variables of each setting, by feature. The first one is the
# environment's own.
MEETING: dict[str, dict[str, dict[str, Any]]] = {
    "submission": {"direct": {}, "validated": {"api": {"submission": "validated"}}},
    "authentication": {
        "none": {},
        "iam": {"api": {"authentication": {"mode": "iam"}}},
        "jwt": {"api": {"authentication": "jwt"}},
        "jwt and a fair queue": {"api": {"authentication": "jwt", "fair_queue": True}},
    },
    "routes": {"one": {"routes": {"POST /echoes": {"type": "echo"}}}, "none": {"routes": {}}},
    "origins": {"none": {}, "one": {"cors_allow_origins": [ORIGIN]}},
}
# Who is told of commands.
_EVENTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "bus": {"events": "eventbridge"},
    "topic": {"events": "sns"},
}
_WEBHOOKS: dict[str, dict[str, Any]] = {
    "": {},
    # A secret of terraform.tfvars, so that none comes and goes.
    ", webhooks": {"webhooks": {"secrets": ["third-party-api-key"], "allowed_hosts": ["*"]}},
}
_PUSH: dict[str, dict[str, Any]] = {"": {}, ", push": {"push": {}}}
# What comes and goes beside that.
BESIDE: dict[str, dict[str, dict[str, Any]]] = {
    # Comes first, so that each step has another combination.
    "notifications": {
        f"{events}{webhooks}{push}": {
            "notifications": _EVENTS[events] | _WEBHOOKS[webhooks] | _PUSH[push]
        }
        for events, webhooks, push in product(_EVENTS, _WEBHOOKS, _PUSH)
    },
    "index": {"off": {}, "on": {"commands": {"index": True}}},
    "tracing": {"off": {}, "on": {"monitoring": {"tracing": True}}},
    "alarms": {
        "as they are": {},
        "other ones": {
            "monitoring": {
                "thresholds": {"min_requests": 30},
                "subscriptions": {"emails": ["on-call@example.com"]},
            },
        },
    },
    "examples": {
        "on": {"examples": {"enabled": True, "demo": True}},
        "off": {"examples": {"demo": True}},
    },
}
FEATURES = MEETING | BESIDE


def variables(state: State, jwt: dict[str, Any]) -> dict[str, Any]:
    """The variables of the environment in a state; `jwt` is the authentication by tokens."""
    found: dict[str, Any] = {"api": {}, "commands": {}, "monitoring": {}}
    for feature, setting in state.items():
        for variable, value in FEATURES[feature][setting].items():
            mergeable = variable in {"api", "commands", "monitoring"}
            found[variable] = {**found[variable], **value} if mergeable else value
    if found["api"].get("authentication") == "jwt":
        found["api"]["authentication"] = jwt
    return found


def met(before: State, after: State) -> set[Goal]:
    """What one step meets.

    Each setting that comes, with the one that goes for it, and with each one of another feature
    that is there then.
    """
    came = [feature for feature in MEETING if before[feature] != after[feature]]
    return {(feature, before[feature], after[feature]) for feature in came} | {
        (feature, after[feature], other, after[other])
        for feature in came
        for other in MEETING
        if other != feature
    }


def states() -> list[State]:
    """All combinations of settings that meet."""
    return [
        dict(zip(MEETING, chosen, strict=True))
        for chosen in product(*[list(settings) for settings in MEETING.values()])
    ]


def goals() -> set[Goal]:
    """All that steps can meet."""
    return {goal for before in states() for after in states() for goal in met(before, after)}


def walk() -> list[State]:
    """The states after each step; the first is the environment's own, and so is the last."""
    everywhere, open_goals = states(), goals()
    found = [everywhere[0]]
    while open_goals:
        here = found[-1]
        gains = {n: len(met(here, there) & open_goals) for n, there in enumerate(everywhere)}
        best = max(gains.values())
        # Where no step meets anything new, the one goes on that leads to where one does.
        there = max(
            (everywhere[n] for n, gain in gains.items() if gain == best),
            key=lambda state: max(len(met(state, other) & open_goals) for other in everywhere),
        )
        open_goals -= met(here, there)
        found.append(there)
    home = {**found[0], **_beside(0)}
    return [*({**state, **_beside(n)} for n, state in enumerate(found)), home]


def _beside(step: int) -> State:
    """Settings of the other features: each comes and goes, at a pace of its own."""
    return {
        feature: list(settings)[step // (1 + position) % len(settings)]
        for position, (feature, settings) in enumerate(BESIDE.items())
    }


def in_words(before: State, after: State) -> str:
    """A step in words."""
    return ", ".join(
        f"{feature}: {before[feature]} -> {after[feature]}"
        for feature in after
        if before[feature] != after[feature]
    )


def steps() -> list[tuple[State, State]]:
    """The walk, step by step."""
    return list(pairwise(walk()))
