"""A way through the settings of an environment on which every change of each of them is met."""

from __future__ import annotations

from itertools import combinations, pairwise, product
from typing import Any

State = dict[str, str]
Goal = tuple[str, ...]
Pair = frozenset[tuple[str, str]]
ORIGIN = "https://app.example.com"

# What meets in the API: the variables of each setting, by feature. The first one is the
# environment's own.
MEETING: dict[str, dict[str, dict[str, Any]]] = {
    "submission": {
        "direct": {},
        "validated": {"api": {"submission": "validated"}},
    },
    "authentication": {
        "none": {},
        "iam": {"api": {"authentication": {"mode": "iam"}}},
        "jwt": {"api": {"authentication": "jwt"}},
        "jwt and a fair queue": {"api": {"authentication": "jwt", "fair_queue": True}},
    },
    "routes": {"one": {"routes": {"POST /echoes": {"type": "echo"}}}, "none": {"routes": {}}},
    "origins": {"none": {}, "one": {"cors_allow_origins": [ORIGIN]}},
}
# What comes and goes beside that.
BESIDE: dict[str, dict[str, dict[str, Any]]] = {
    "queues": {
        "one": {},
        "two": {"commands": {"queues": {"high": {"priority": True}}}},
        "one draining": {"commands": {"queues": {"high": {"draining": True}}}},
    },
    "events": {
        "none": {},
        "bus": {"notifications": {"events": "eventbridge"}},
        "topic": {"notifications": {"events": "sns"}},
    },
    "webhooks": {
        "off": {},
        # A secret of terraform.tfvars, so that none comes and goes.
        "on": {
            "notifications": {
                "webhooks": {"secrets": ["third-party-api-key"], "allowed_hosts": ["*"]},
            },
        },
    },
    "push": {"off": {}, "on": {"notifications": {"push": {}}}},
    "batches": {"off": {}, "on": {"api": {"batches": True, "uploads": True}}},
    "scheduling": {"off": {}, "on": {"commands": {"scheduling": True}}},
    "schedules": {
        "none": {},
        # No run falls into the test.
        "one": {"commands": {"schedules": {"yearly": {"cron": "0 0 29 2 ? *", "type": "echo"}}}},
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
# What a setting needs beside it; a plan refuses it otherwise.
NEEDS: dict[tuple[str, str], tuple[str, str]] = {
    ("batches", "on"): ("submission", "validated"),
}
# A queue is taken out once it has drained: docs/queues.md.
AFTER: dict[str, dict[str, set[str]]] = {
    "queues": {
        "one": {"one", "one draining"},
        "two": {"one", "two"},
        "one draining": {"two", "one draining"},
    },
}
FEATURES = MEETING | BESIDE


def variables(state: State, jwt: dict[str, Any]) -> dict[str, Any]:
    """The variables of the environment in a state; `jwt` is the authentication by tokens."""
    found: dict[str, Any] = {
        variable: {}
        for settings in FEATURES.values()
        for setting in settings.values()
        for variable, value in setting.items()
        if isinstance(value, dict)
    }
    for feature, setting in state.items():
        for variable, value in FEATURES[feature][setting].items():
            known = found.get(variable)
            found[variable] = value if known is None else {**known, **value}
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
    return _beside(found)


def pairs(state: State) -> set[Pair]:
    """What is there together."""
    return {frozenset(pair) for pair in combinations(state.items(), 2)}


def all_pairs() -> set[Pair]:
    """Every setting of a feature with every setting of every other feature."""
    return {
        frozenset(((one, setting), (other, another)))
        for one, other in combinations(FEATURES, 2)
        for setting, another in product(FEATURES[one], FEATURES[other])
        if _go_together({one: setting, other: another})
    }


def _go_together(state: State) -> bool:
    """Whether each setting has what it needs, as far as the state says."""
    return all(
        state.get(feature) != setting or state.get(other, needed) == needed
        for (feature, setting), (other, needed) in NEEDS.items()
    )


def _beside(states: list[State]) -> list[State]:
    """These states, each with the settings of the other features that meet most; then home.

    A setting that meets nothing new stays, so that a step changes no more than it must.
    """
    home = {**states[0], **{feature: next(iter(settings)) for feature, settings in BESIDE.items()}}
    found, seen = [home], pairs(home)
    for state in states[1:]:
        whole, last = dict(state), state is states[-1]
        for feature, settings in BESIDE.items():
            before = found[-1][feature]
            gains = {
                one: (len(pairs({**whole, feature: one}) - seen), one == before)
                for one in settings
                if _go_together({**whole, feature: one})
                and _may_follow(feature, before, one)
                and (not last or _may_follow(feature, one, home[feature]))
            }
            whole[feature] = max(gains, key=lambda one: gains[one])
        found.append(whole)
        seen |= pairs(whole)
    return [*found, home]


def _may_follow(feature: str, before: str, after: str) -> bool:
    return before in AFTER.get(feature, {}).get(after, BESIDE[feature])


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
