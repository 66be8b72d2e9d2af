"""What tags say, and every way in which they do not say it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scripts.cleanup.label import Label, Stack, Unclear, read

PULL = {
    "Environment": "pr-7",
    "Project": "acme-jobs",
    "PullRequest": "7",
    "CreatedAt": "2026-11-01T10:00:00Z",
    "TtlHours": "72",
    "ManagedBy": "terraform",
}
TEST = {key: value for key, value in PULL.items() if key != "PullRequest"} | {"Environment": "test"}


@pytest.mark.parametrize("tags", [PULL, TEST])
def test_tags_that_agree_are_a_label(tags: dict[str, str]) -> None:
    """Whose it is, since when, until when."""
    assert read(tags) == Label(
        Stack("acme-jobs", tags["Environment"]),
        created=datetime(2026, 11, 1, 10, tzinfo=UTC),
        expires=datetime(2026, 11, 4, 10, tzinfo=UTC),
    )


NOT_TEMPORARY = (
    *("production", "prod", "staging", "dev", "", "Test", "tests", "test-1", "testing", "PR-7"),
    *("pr-", "pr-0", "pr-07", "pr-7 ", "pr-7a", "pr-1234567", "pr-\u0667", "xpr-7", "pr-7\n"),
)


@pytest.mark.parametrize("environment", NOT_TEMPORARY)
def test_every_other_environment_is_nobodys_business(environment: str) -> None:
    """Whatever the other tags say."""
    assert read({**PULL, "Environment": environment}) is None
    assert read({**TEST, "Environment": environment}) is None


def test_no_environment_is_not_temporary() -> None:
    """Nor is nothing at all."""
    assert read({key: value for key, value in PULL.items() if key != "Environment"}) is None
    assert read({}) is None


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({**PULL, "PullRequest": "8"}, "PullRequest='8' contradict each other"),
        ({**PULL, "PullRequest": "07"}, "contradict each other"),
        ({**PULL, "PullRequest": ""}, "contradict each other"),
        ({**PULL, "PullRequest": None}, "no tag PullRequest"),
        (
            {**TEST, "PullRequest": "7"},
            "Environment=test and PullRequest='7' contradict each other",
        ),
        ({**PULL, "Project": None}, "no tag Project"),
        ({**PULL, "Project": "Acme Jobs"}, "Project is malformed"),
        ({**PULL, "Project": "acme--jobs"}, "Project is malformed"),
        ({**PULL, "CreatedAt": None}, "no tag CreatedAt"),
        ({**PULL, "CreatedAt": "2026-11-01T10:00:00+01:00"}, "CreatedAt is malformed"),
        ({**PULL, "CreatedAt": "2026-02-30T10:00:00Z"}, "CreatedAt is malformed"),
        ({**PULL, "CreatedAt": "2026-11-01"}, "CreatedAt is malformed"),
        ({**PULL, "TtlHours": None}, "no tag TtlHours"),
        ({**PULL, "TtlHours": "0"}, "TtlHours is malformed"),
        ({**PULL, "TtlHours": "-1"}, "TtlHours is malformed"),
        ({**PULL, "TtlHours": "1.5"}, "TtlHours is malformed"),
        ({**PULL, "TtlHours": "²"}, "TtlHours is malformed"),
        (
            {**PULL, "environment": "production"},
            "tags environment and Environment differ only in case",
        ),
        ({**PULL, "PROJECT": "acme-jobs"}, "tags PROJECT and Project differ only in case"),
        ({**PULL, "ttlhours": "72"}, "tags ttlhours and TtlHours differ only in case"),
    ],
)
def test_tags_that_contradict_each_other_are_not_trusted(
    tags: dict[str, str | None], words: str
) -> None:
    """The reason names the tag."""
    found = read({key: value for key, value in tags.items() if value is not None})
    assert isinstance(found, Unclear)
    assert words in found.why


@pytest.mark.parametrize(
    ("name", "owned"),
    [
        ("acme-jobs-pr-7", True),
        ("acme-jobs-pr-7-worker", True),
        ("/pr-7/acme-jobs/token", True),
        ("acme-jobs-pr-71-worker", False),
        ("acme-jobs-pr-7worker", False),
        ("acme-jobs-pr", False),
        ("acme-jobs-prod-worker", False),
        ("my-acme-jobs-pr-7-worker", False),
        ("/pr-7/acme-jobs-2/token", False),
        ("/prod/acme-jobs/token", False),
        ("/aws/lambda/acme-jobs-pr-7-worker", False),
        ("", False),
    ],
)
def test_a_stack_owns_names_that_begin_with_its_own(name: str, *, owned: bool) -> None:
    """Up to the hyphen or slash after it."""
    assert Stack("acme-jobs", "pr-7").owns(name) is owned
