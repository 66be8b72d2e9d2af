"""``python -m scripts.ci …``: the steps of GitHub's workflows.

Exit codes: 0 done; 1 refused, or failed; 2 wrong usage, and `drift` where there is some.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts import cli
from scripts.ci import job, markdown
from scripts.ci.environments import deployable, read_roles
from scripts.ci.tell import tell
from scripts.errors import OperatorError
from scripts.settings import ENVIRONMENTS, environment_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.ci.deploy import Environment
    from scripts.ci.report import Report

_DRIFT = 2  # what Terraform itself says of a plan with changes
_REPORTS = click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Output folder for the plan's report.",
)
_PACKAGE = click.option(
    "--package-sha256", metavar="HEX", help="Expected SHA-256 of build/lambda.zip."
)


@click.group()
def ci() -> None:
    """Commands of the workflows in .github/: plan, apply, report."""


@ci.command()
@click.option(
    "--plan-roles",
    metavar="JSON",
    default="{}",
    help='The role that plans each, like {"dev": "arn:aws:iam::123456789012:role/…"}.',
)
def environments(plan_roles: str) -> None:
    """Write the deployable environments and their roles to the output `environments` (JSON)."""
    roles = read_roles(plan_roles)
    matrix = [{"environment": name, "plan_role": roles.get(name, "")} for name in deployable()]
    job.set_output("environments", json.dumps(matrix))
    for one in matrix:
        if not one["plan_role"]:
            click.echo(f"::warning::no role plans {one['environment']}; see docs/delivery.md")


@ci.command()
def package() -> None:
    """Build the Lambda zip and write its SHA-256 to the output `package_sha256`."""
    from scripts.build.package.build import build, sha256  # noqa: PLC0415  others need no package

    job.set_output("package_sha256", sha256(build()))


@ci.command()
def validate() -> None:
    """Validate the configuration of every environment, without state and without AWS."""
    for folder in sorted(path.parent for path in ENVIRONMENTS.glob("*/main.tf")):
        _environment(folder.name).validate()
        click.echo(f"valid: environments/{folder.name}")


@ci.command()
@click.argument("env")
@_REPORTS
@_PACKAGE
@click.option("--save", is_flag=True, help="Store the plan next to the state, for `apply`.")
@click.option(
    "--allow-destroy",
    type=click.BOOL,
    default=False,
    show_default=True,
    help="Allow the plan to destroy tables, buckets, queues, secrets and keys.",
)
def plan(
    *, env: str, reports: Path, package_sha256: str | None, save: bool, allow_destroy: bool
) -> None:
    """Plan an environment and write a report; fail if data would be destroyed, unless allowed.

    With --save the outputs are `changed` and `plan_sha256`.
    """
    environment = _environment(env)
    digest = ""
    try:
        if save:
            report, digest = environment.plan(package_sha256)
        else:
            report = environment.look(package_sha256)
    except OperatorError as error:
        tell(env, error=str(error), reports=reports)
        raise
    if report.changes.lost and not allow_destroy:
        why = f"would destroy data: {', '.join(report.changes.lost)}"
        tell(env, report=report, error=why, reports=reports)
        raise OperatorError(
            f"environments/{env} {why}; to allow it, see allow-destroy in docs/delivery.md"
        )
    tell(env, report=report, reports=reports)
    if save:
        job.set_output("changed", json.dumps(report.changed))
        job.set_output("plan_sha256", digest)


@ci.command()
@click.argument("env")
@click.option("--plan-sha256", metavar="HEX", required=True, help="SHA-256 of the reviewed plan.")
@click.option(
    "--package-sha256",
    metavar="HEX",
    required=True,
    help="SHA-256 of the zip the plan was made with.",
)
def apply(*, env: str, plan_sha256: str, package_sha256: str) -> None:
    """Apply exactly the reviewed plan, with the zip it was made with."""
    _environment(env).apply(plan_sha256, package_sha256)


@ci.command()
@click.argument("env")
@_REPORTS
@_PACKAGE
def drift(*, env: str, reports: Path, package_sha256: str | None) -> int:
    """Detect drift and write a report; exit code 2 if an environment differs from its code."""
    try:
        report = _environment(env).look(package_sha256)
    except OperatorError as error:
        tell(env, error=str(error), reports=reports)
        raise
    tell(env, report=report, reports=reports)
    return _DRIFT if report.changed else 0


@ci.command()
@_REPORTS
@click.option("--pull-request", type=click.IntRange(min=1), required=True, metavar="NUMBER")
@click.option("--run-url", required=True, metavar="URL", help="URL of the run with the full plans.")
def comment(*, reports: Path, pull_request: int, run_url: str) -> None:
    """Post the plans of all environments in one pull request comment."""
    from scripts.ci.github import GitHub  # noqa: PLC0415  a start that the others save
    from scripts.ci.report import read_reports  # noqa: PLC0415

    page = markdown.plan_page(read_reports(reports), run_url=run_url)
    click.echo(GitHub.of_the_workflow().comment(pull_request, "plan", page))


@ci.command("drift-issue")
@_REPORTS
@click.option("--run-url", required=True, metavar="URL", help="URL of the run with the full plans.")
def drift_issue(*, reports: Path, run_url: str) -> None:
    """Open an issue while an environment drifts, and close it afterwards."""
    from scripts.ci.github import GitHub  # noqa: PLC0415
    from scripts.ci.report import read_reports  # noqa: PLC0415

    found = read_reports(reports)
    drifting = [one for one in found if _drifts(one)]
    page = markdown.plan_page(found, run_url=run_url)
    names = ", ".join(one.environment for one in drifting)
    title = f"Drift: {names}" if drifting else "Drift: none"
    url = GitHub.of_the_workflow().issue("drift", title, page, wanted=bool(drifting))
    click.echo(url or "no drift and no open issue")


def _drifts(report: Report) -> bool:
    return report.changed or bool(report.error)


def _environment(env: str) -> Environment:
    from scripts.ci.deploy import Environment  # noqa: PLC0415  boto3 takes a moment

    return Environment(environment_folder(env, ENVIRONMENTS))


def main(args: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    from scripts.ci.preview_commands import preview  # noqa: PLC0415  a group of its own

    ci.add_command(preview)
    return cli.run(ci, args)


if __name__ == "__main__":
    sys.exit(main())
