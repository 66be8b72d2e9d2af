"""One comment for each pull request: made once, updated in place, and never broken by a plan."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from scripts.ci.changes import Changes
from scripts.ci.markdown import LIMIT, fenced, plan_page
from scripts.ci.report import Report

if TYPE_CHECKING:
    from tests.scripts.ci.conftest import Job
    from tests.scripts.ci.fake_github import FakeGitHub

RUN = "https://github.com/acme/jobs/actions/runs/42"
MARKER = "<!-- async-api-blueprint: plan -->\n"
BOT = "github-actions[bot]"
DEV = Report("dev", changed=True, changes=Changes(2, 1, 0), text="  # aws_sqs_queue.this")


def comment(job: Job, *reports: Report) -> tuple[int, str]:
    """Run the tool on these reports, as they come out of artefacts: a folder each."""
    for one in reports:
        one.write(job.folder / "reports" / f"plan-{one.environment}")
    folder = job.folder / "reports"
    folder.mkdir(exist_ok=True)
    return job("comment", f"--reports={folder}", "--pull-request=7", f"--run-url={RUN}")


def test_all_plans_are_in_one_comment(job: Job, github: FakeGitHub) -> None:
    """The numbers in a table, Terraform's own words below."""
    prod = Report("prod", error="terraform plan failed: no such bucket | `really`")
    code, said = comment(job, DEV, Report("staging"), prod)
    assert code == 0
    (found,) = github.comments
    assert said == "https://github.com/acme/jobs/1\n"
    assert found["body"].startswith(MARKER)
    assert "| `dev` | 2 | 1 | 0 |  |" in found["body"]
    assert "| `staging` | 0 | 0 | 0 | no changes |" in found["body"]
    assert "`terraform plan failed: no such bucket ¦ 'really'` |" in found["body"]
    assert "```text\n  # aws_sqs_queue.this\n```" in found["body"]


def test_warnings_come_first(job: Job, github: FakeGitHub) -> None:
    """Whoever reviews reads them before numbers; their text can break nothing."""
    warned = Changes(warnings=("The API identifies\nno `caller`.", *["again"] * 9))
    comment(job, DEV, Report("prod", changes=warned))
    (found,) = github.comments
    lines = found["body"].removeprefix(MARKER).split("\n")
    assert lines[2] == ":warning: `prod` `The API identifies no 'caller'.`"
    assert found["body"].count(":warning:") == 3


def test_the_second_run_updates_the_first_ones_comment(job: Job, github: FakeGitHub) -> None:
    """However many other comments there are before it: they come in pages of a hundred."""
    for number in range(250):
        github.say(f"comment {number}")
    comment(job, DEV)
    ours = github.comments[-1]
    for number in range(20):
        github.say(f"later comment {number}")

    code, said = comment(job, Report("dev"))

    assert (code, said) == (0, "https://github.com/acme/jobs/251\n")
    assert "no changes" in ours["body"]
    assert len(github.comments) == 271
    assert sum(call.startswith("POST") for call in github.calls) == 1


@pytest.mark.parametrize(
    ("login", "body"),
    [
        ("mallory", f"{MARKER}mine"),
        (BOT, f"quoted: {MARKER}"),
        (BOT, "<!-- async-api-blueprint: preview -->\nelse"),
    ],
)
def test_what_others_wrote_stays(login: str, body: str, job: Job, github: FakeGitHub) -> None:
    """Neither a person's imitation, nor a quotation, nor a comment of another kind is ours."""
    theirs = github.say(body, login)
    assert comment(job, DEV)[0] == 0
    assert theirs["body"] == body
    assert len(github.comments) == 2


def test_a_refusal_is_one_line(job: Job, github: FakeGitHub) -> None:
    """A pull request from a fork has a token that only reads."""
    github.forbidden = True
    code, said = comment(job, DEV)
    assert code == 1
    assert "HTTP 403: Resource not accessible by integration" in said
    assert "comes from a fork" in said
    assert "ghs_" not in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("GITHUB_TOKEN", "wrong", "HTTP 401: Bad credentials"),
        ("GITHUB_REPOSITORY", "acme/shop", "HTTP 404"),
        ("GITHUB_REPOSITORY", "acme/jobs/../x", "not owner/name"),
        ("GITHUB_API_URL", "http://127.0.0.1:1", "GitHub request for GET"),
    ],
)
def test_other_failures_are_one_line(
    name: str, value: str, words: str, job: Job, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong token or repository, or nobody there."""
    monkeypatch.setenv(name, value)
    code, said = comment(job, DEV)
    assert code == 1
    assert words in said
    assert github.comments == []


def test_without_a_token_there_is_no_call(
    job: Job, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a developer's machine."""
    monkeypatch.delenv("GITHUB_TOKEN")
    code, said = comment(job, DEV)
    assert code == 1
    assert "GITHUB_TOKEN is not set" in said
    assert github.calls == []


HOSTILE = [
    "```\n</details>\n# Approved\n@everyone",
    "`````\n<script>alert(1)</script>\n`````",
    f"{MARKER}",
    "\x1b[31mred\x1b[0m\r\x00\x85\u2028bell\x07",
    "user\u202eetanimret\u2066",
    "~~~\n| a | b |",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_plan_cannot_leave_its_block(text: str, job: Job, github: FakeGitHub) -> None:
    """Whatever a resource is called: the fence is longer than every fence in the text."""
    comment(job, Report("dev", changed=True, text=text))
    (found,) = github.comments
    block = re.search(r"^(`{3,})text\n(.*?)\n\1$", found["body"], re.DOTALL | re.MULTILINE)
    assert block
    fence, inside = block.groups()
    assert not re.search(rf"`{{{len(fence)},}}", inside)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069]", inside)
    outside = found["body"].replace(block[0], "")
    assert "Approved" not in outside
    assert "<script>" not in outside
    assert outside.count("</details>") == 1
    assert found["body"].count(MARKER.strip()) == 1 + text.count(MARKER.strip())


def test_a_report_cannot_name_its_environment_freely(job: Job, github: FakeGitHub) -> None:
    """The name would stand outside of every block."""
    one = Report("</details>")
    folder = job.folder / "reports"
    folder.mkdir()
    (folder / "x.json").write_text(json.dumps(asdict(one)))
    assert comment(job)[1].endswith("does not name an environment\n")
    (folder / "x.json").write_text("[]")
    assert "is not a report of" in comment(job)[1]
    assert github.comments == []


@pytest.mark.parametrize("letter", ["x", "ä", "💥", "`"])
def test_long_plans_share_what_github_takes(letter: str, job: Job, github: FakeGitHub) -> None:
    """Each is cut at a line, and says where the rest is."""
    text = "\n".join(f"line {number} {letter * 90}" for number in range(2000))
    code, said = comment(
        job, *(Report(name, changed=True, text=text) for name in ("dev", "staging", "prod"))
    )
    assert code == 0, said
    (found,) = github.comments
    assert len(found["body"].encode()) <= LIMIT + len(MARKER)
    assert found["body"].count(f"Truncated; the full plan is in [the run]({RUN}).") == 3
    assert found["body"].count("line 20 ") == 3
    for block in re.findall(r"`{3,}text\n(.*?)\n`{3,}\n\nCut", found["body"], re.DOTALL):
        assert block.splitlines()[-1].endswith(letter * 90)


def test_too_many_plans_are_named_at_least() -> None:
    """Where a share would be too small to tell anything."""
    many = [Report(f"env-{n}", changed=True, text="long line\n" * 200) for n in range(100)]
    page = plan_page(many, run_url=RUN, limit=20_000)
    assert page.count(f"too long to show; see [the run]({RUN})") == 100


def test_no_plan_at_all_is_said(job: Job, github: FakeGitHub) -> None:
    """Where no job came as far as its plan."""
    assert comment(job)[0] == 0
    assert f"No plan; for the reason see [the run]({RUN})." in github.comments[0]["body"]


def test_fences_grow_with_the_text() -> None:
    """Three at least."""
    assert fenced("a") == "```text\na\n```\n"
    assert fenced("a ```` b") == "`````text\na ```` b\n`````\n"
