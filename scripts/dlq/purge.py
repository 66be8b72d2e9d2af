"""`purge`: delete all dead letters, after somebody has typed which."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from botocore.exceptions import ClientError

from scripts.aws_errors import error_code
from scripts.dlq.desk import say
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from scripts.dlq.desk import Desk

_BUSY = {"AWS.SimpleQueueService.PurgeQueueInProgress", "PurgeQueueInProgress"}


def purge(desk: Desk, confirmed: str | None) -> int:
    """Delete everything if the name of the queue was given; the records stay as they are."""
    name, about = desk.dlq.name, desk.about()
    if confirmed is None:
        say(f"keep a copy first: {desk.place.command('export', 'FILE')}")
        if not sys.stdin.isatty():
            raise OperatorError(f"nobody can be asked here; pass --yes-really {name}")
        confirmed = click.prompt(
            f"This deletes about {about} dead letters for good. Type {name} to go on",
            default="",
            show_default=False,
            err=True,
        )
    if confirmed != name:
        raise OperatorError(f"that is not the name of this queue, {name}; nothing was deleted")
    try:
        desk.place.sqs.purge_queue(QueueUrl=desk.dlq.url)
    except ClientError as error:
        if error_code(error) not in _BUSY:
            raise
        raise OperatorError(
            f"{name} was purged within the last minute, and SQS allows one purge a minute; wait"
            " and look again"
        ) from None
    say(f"purged {name}: about {about} dead letters; SQS may take a minute")
    return 0
