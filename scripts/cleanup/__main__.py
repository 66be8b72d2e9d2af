"""``python -m scripts.cleanup``: remove temporary environments that nobody took down.

Exit codes: 0 done, or nothing to do; 1 something needs a person, or with --audit anything is left;
2 wrong usage; 130 interrupted by Ctrl-C, and then the same command goes on where that one ended.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.cleanup import report
from scripts.cleanup.aws import connect
from scripts.cleanup.find import find, left_of
from scripts.cleanup.plan import plan
from scripts.cleanup.pulls import Nobody, Pulls, github, told
from scripts.cleanup.remove import looked_at, remove
from scripts.cleanup.states import DEFAULT_KEY, StateBucket
from scripts.errors import OperatorError
from scripts.target.options import LOCAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.cleanup.aws import Aws
    from scripts.cleanup.label import Stack
    from scripts.cleanup.plan import Verdict
    from scripts.cleanup.remove import Result


@click.command()
@click.option("--apply", is_flag=True, help="Do it; without this, only say what would be done.")
@click.option("--open-prs", metavar="3,9", help="The pull requests that are open, or: none.")
@click.option("--github", "repository", metavar="OWNER/REPO", help="Ask GitHub (GITHUB_TOKEN).")
@click.option("--project", metavar="NAME", help="Only what has this tag Project.")
@click.option("--state-bucket", metavar="NAME", help="Remove the stacks' states from there, too.")
@click.option(
    "--state-key", metavar="KEY", default=DEFAULT_KEY, show_default=True, help="Where states lie."
)
@click.option(
    "--audit", is_flag=True, help="With --pr: list what is left of it, and change nothing."
)
@click.option("--pr", "pull", type=click.IntRange(1, 999_999), metavar="N", help="With --audit.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@LOCAL
@click.option("--profile", help="A profile of your AWS configuration.")
@click.option("--region", help="The AWS region; CloudFront and IAM are looked at in any case.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=900,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for a CloudFront distribution to be disabled.",
)
def cleanup(  # noqa: PLR0913 - one parameter for each option
    *,
    apply: bool,
    open_prs: str | None,
    repository: str | None,
    project: str | None,
    state_bucket: str | None,
    state_key: str,
    audit: bool,
    pull: int | None,
    as_json: bool,
    local: bool,
    profile: str | None,
    region: str | None,
    wait: float,
) -> int:
    """Remove temporary environments whose time is over and whose pull request is closed.

    Temporary is what has the tags Environment (test or pr-<n>), Project, CreatedAt, TtlHours and,
    of a pull request, PullRequest, all readable and in agreement with each other and with the
    resource's name. Nothing else is ever touched, and without --apply nothing is changed at all.

    Exit codes: 0 done, or nothing to do; 1 something needs a person: a deletion failed or was
    refused, a kind that this tool cannot delete, tags that cannot be trusted, or with --audit
    anything that is left; 2 wrong usage; 130 interrupted, and then the same command goes on.
    """
    if local and (profile or region):
        raise click.UsageError("--local excludes --profile and --region")
    if project == "":
        raise click.UsageError("--project is empty; name one, or leave it out for all projects")
    if audit != (pull is not None):
        raise click.UsageError("--audit goes with --pr N")
    if audit and (apply or open_prs or repository or state_bucket):
        raise click.UsageError("--audit changes nothing; leave out what is about removing")
    pulls = _pulls(open_prs, repository)
    states = StateBucket(state_bucket, state_key) if state_bucket else None
    aws = connect(local=local, profile=profile, region=region, wait=wait)
    if pull is not None:
        return 1 if report.show_left(left_of(aws, pull, project), as_json=as_json) else 0
    now = datetime.now(UTC)
    verdicts, failed = _judged(aws, pulls, project, states, now)
    results = _applied(aws, verdicts) if apply else looked_at(verdicts)
    if as_json:
        report.show_json(results, now, applied=apply)
    else:
        report.show(results, now)
    return 1 if failed or any(one.trouble for one in results) else 0


def _pulls(open_prs: str | None, repository: str | None) -> Pulls:
    if open_prs is not None and repository is not None:
        raise click.UsageError("--open-prs and --github exclude each other: pass one of them")
    if open_prs is not None:
        return told(open_prs)
    return github(repository) if repository is not None else Nobody()


def _judged(
    aws: Aws, pulls: Pulls, project: str | None, states: StateBucket | None, now: datetime
) -> tuple[list[Verdict], bool]:
    found = find(aws)
    held: dict[Stack, str] = {}
    if states is not None:
        projects = {one.tags["Project"] for one in found if "Project" in one.tags}
        more, held = states.find(aws, {project} if project else projects, now)
        found += more
    # Judged once to learn which pull requests it is about.
    first = plan(found, pulls={}, now=now, held=held)
    numbers = sorted({one.stack.pull for one in first if one.stack and one.stack.pull})
    failed = False
    try:
        known = pulls.states(numbers)
    except OperatorError as error:
        # What belongs to no pull request goes all the same.
        click.echo(f"error: {error}", err=True)
        known, failed = {}, True
    judged = plan(found, pulls=known, now=now, held=held)
    wanted = [
        one for one in judged if project is None or (one.stack and one.stack.project == project)
    ]
    return wanted, failed


def _applied(aws: Aws, verdicts: list[Verdict]) -> list[Result]:
    results: list[Result] = []
    try:
        for one in remove(aws, verdicts):
            results.append(one)
            click.echo(
                f"{one.verdict.resource.kind} {one.verdict.resource.name}: {one.words}", err=True
            )
    except KeyboardInterrupt:
        click.echo("interrupted; the same command goes on where this one ended", err=True)
        raise
    return results


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    return cli.run(cleanup, args)


if __name__ == "__main__":
    sys.exit(main())
