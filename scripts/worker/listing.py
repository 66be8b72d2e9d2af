"""The list of versions: a table to people, tabs to programs, and the next command beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts import table
from scripts.worker.versions import before_live

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.worker.deployed import DeployedWorker
    from scripts.worker.versions import Version

# As long as what `sha256sum build/lambda.zip` begins with has to be to tell zips apart.
_CODE_LENGTH = 12
# As modules/queue does it.
_TIMEOUTS_HIDDEN = 6


def show(deployed: DeployedWorker, versions: Sequence[Version], last: int) -> None:
    """Print the newest `last` versions and the live one."""
    shown = [one for position, one in enumerate(versions) if position < last or one.live]
    live = next((one for one in versions if one.live), None)
    rows = [_row(one, versions[0], live) for one in shown]
    table.show(("version", "which is", "made (UTC)", "code (SHA-256)", "would change"), rows)
    for line in _warnings(deployed, shown):
        click.echo(line, err=True)
    for line in _next(deployed, versions, live):
        click.echo(line, err=True)


def _row(one: Version, newest: Version, live: Version | None) -> tuple[str, ...]:
    which = [word for word, so in (("live", one.live), ("newest", one == newest)) if so]
    changes = one.differences(live) if live else []
    code = one.code[:_CODE_LENGTH]
    return str(one.number), ",".join(which) or "-", one.published, code, ",".join(changes) or "-"


def _warnings(deployed: DeployedWorker, shown: Sequence[Version]) -> list[str]:
    known = deployed.sqs.get_queue_attributes(
        QueueUrl=deployed.queue_url, AttributeNames=["VisibilityTimeout"]
    )
    hidden = int(known["Attributes"]["VisibilityTimeout"])
    return [
        f"warning: version {one.number} has a timeout of {one.timeout} seconds, but the queue's"
        f" visibility timeout is {hidden}, less than six times that; to switch to it, also set"
        f" worker_timeout = {one.timeout}"
        for one in shown
        if _TIMEOUTS_HIDDEN * one.timeout > hidden
    ]


def _next(deployed: DeployedWorker, versions: Sequence[Version], live: Version | None) -> list[str]:
    target = deployed.target
    folder, apply = f"environments/{target.settings.folder}", target.apply
    lines = []
    if live and live != versions[0]:
        lines.append(
            f"to roll forward: remove worker_version from {folder}/terraform.tfvars, then: {apply}"
        )
    if older := before_live(versions):
        setting = f'worker_version = "{older.number}"'
        lines.append(f"to roll back: set {setting} in {folder}/terraform.tfvars, then: {apply}")
    return lines
