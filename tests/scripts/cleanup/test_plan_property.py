"""Whatever tags and names there are, only what is surely temporary is planned to go."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scripts.cleanup.plan import Outcome, Pull, plan
from scripts.cleanup.resource import LAST, Resource

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TAGS = {
    "Environment": "pr-7",
    "Project": "acme-jobs",
    "PullRequest": "7",
    "CreatedAt": "2026-11-01T10:00:00Z",
    "TtlHours": "72",
}

ENVIRONMENTS = st.sampled_from(
    [
        "pr-7",
        "pr-8",
        "test",
        "dev",
        "staging",
        "prod",
        "production",
        "PR-7",
        "pr-07",
        "pr-",
        "tests",
    ]
)
NAMES = st.sampled_from(
    [
        "acme-jobs-pr-7-queue",
        "acme-jobs-pr-71-queue",
        "acme-jobs-pr-8-queue",
        "acme-jobs-test-queue",
        "acme-jobs-prod-queue",
        "/pr-7/acme-jobs/token",
        "/prod/acme-jobs/token",
        "acme-jobs",
    ]
)
TAG_SETS = st.fixed_dictionaries(
    {},
    optional={
        "Environment": ENVIRONMENTS,
        "environment": ENVIRONMENTS,
        "Project": st.sampled_from(["acme-jobs", "acme", "", "Acme Jobs", "acme-jobs-pr-7"]),
        "PullRequest": st.sampled_from(["7", "8", "07", "", "seven"]),
        "CreatedAt": st.sampled_from(
            [
                "2026-11-01T10:00:00Z",
                "2026-11-21T11:00:00Z",
                "2026-02-30T10:00:00Z",
                "2026-11-01T10:00:00+01:00",
                "2026-11-01",
                "yesterday",
                "",
            ]
        ),
        "TtlHours": st.sampled_from(["72", "1", "0", "-1", "1.5", "", "many", "²"]),
    },
)
# Good but for a key or two, or the interesting cases would hardly ever come.
SPOILED = TAG_SETS.flatmap(
    lambda tags: (
        st.lists(st.sampled_from(sorted(tags)), min_size=1, max_size=2).map(
            lambda keys: {**TAGS, **{key: tags[key] for key in keys}}
        )
        if tags
        else st.just(TAGS)
    )
)
SHORT = st.sampled_from(sorted(TAGS)).map(
    lambda gone: {key: value for key, value in TAGS.items() if key != gone}
)
MOSTLY = st.one_of(st.just(TAGS), SPOILED, SHORT, TAG_SETS)
PULLS = st.dictionaries(st.sampled_from([7, 8]), st.sampled_from(list(Pull)))


@st.composite
def accounts(draw: st.DrawFn) -> list[Resource]:
    """A few resources of any rank, some of them in parts."""
    found: list[Resource] = []
    for number in range(draw(st.integers(1, 8))):
        whole = draw(st.sampled_from(["", *[one.arn for one in found if not one.part_of]]))
        found.append(
            Resource(
                arn=f"arn:aws:x:r:1:{number}",
                kind="thing",
                rank=draw(st.sampled_from([-1, 0, 10, 22, 50, LAST])),
                tags=draw(MOSTLY),
                names=tuple(draw(st.lists(NAMES, max_size=1))),
                obstacle=draw(st.sampled_from(["", "", "", "protected"])),
                part_of=whole,
            )
        )
    return found


def _may_go(one: Resource, pulls: dict[int, Pull]) -> bool:
    """What the promise says, in other words than the code's."""
    tags = one.tags
    good_time = tags.get("CreatedAt") == "2026-11-01T10:00:00Z" and tags.get("TtlHours") in (
        "72",
        "1",
    )
    young_but_over = tags.get("CreatedAt") == "2026-11-21T11:00:00Z" and tags.get("TtlHours") == "1"
    if not (good_time or young_but_over) or "environment" in tags:
        return False
    project, environment = tags.get("Project"), tags.get("Environment")
    if project not in ("acme-jobs", "acme", "acme-jobs-pr-7"):
        return False
    if environment == "test":
        fits = "PullRequest" not in tags
    else:
        number = {"pr-7": 7, "pr-8": 8}.get(environment or "", 0)
        fits = tags.get("PullRequest") == str(number) and pulls.get(number) is Pull.CLOSED
    prefixes = (f"{project}-{environment}-", f"/{environment}/{project}/")
    return fits and all(name.startswith(prefixes) for name in one.names)


@given(found=accounts(), pulls=PULLS)
def test_nothing_goes_that_is_not_surely_temporary(
    found: list[Resource], pulls: dict[int, Pull]
) -> None:
    """Whatever the tags, names and pull requests: what goes is temporary by every key."""
    for one in plan(found, pulls=pulls, now=NOW, held={}):
        if one.outcome in (Outcome.DELETE, Outcome.GOES_ALONG):
            assert _may_go(one.resource, pulls), one
            assert one.resource.rank >= 0
            assert not one.resource.obstacle


@given(found=accounts(), pulls=PULLS)
def test_what_is_consumed_goes_after_its_consumers(
    found: list[Resource], pulls: dict[int, Pull]
) -> None:
    """Deletions come by rank, whatever order things were found in."""
    ranks = [one.resource.rank for one in plan(found, pulls=pulls, now=NOW, held={})]
    assert ranks == sorted(ranks)
    again = plan(reversed(found), pulls=pulls, now=NOW, held={})
    assert again == plan(found, pulls=pulls, now=NOW, held={})


@given(found=accounts(), pulls=PULLS)
def test_a_whole_goes_only_with_parts_of_its_own(
    found: list[Resource], pulls: dict[int, Pull]
) -> None:
    """Nothing takes a part along that is of something else, or that is not to go."""
    outcome = {one.resource.arn: one for one in plan(found, pulls=pulls, now=NOW, held={})}
    for one in found:
        whole = outcome.get(one.part_of)
        if whole is not None and whole.outcome is Outcome.DELETE:
            assert outcome[one.arn].stack == whole.stack
