"""`generate_report`: the latest commands as a CSV file and as a page with a chart, in S3.

docs/examples/generate_report.md says what a client may expect, and what a report costs.
"""

import os
from collections.abc import Mapping
from typing import TypedDict, cast

from command_api import JSON, Context, Rejected

DEFAULT_HOURS, DEFAULT_LIMIT = 24, 1000


class Input(TypedDict, total=False):
    """What generate_report.schema.json has let through."""

    sinceHours: int
    limit: int


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Write the report once; its keys come from the command's, so a repetition overwrites it."""
    asked = cast("Input", command_input)
    bucket, table = os.environ.get("REPORTS_BUCKET"), os.environ.get("TABLE_NAME")
    if not bucket or not table:
        raise Rejected("Reports are disabled in this environment.", code="reports_not_configured")
    return context.once("written", lambda: _write(bucket, table, asked, context))


def _write(bucket: str, table: str, asked: Input, context: Context) -> JSON:
    # Together they cost a cold start 20 ms, and most workers never write a report.
    from handlers.reports import page, rows, sheet, storage  # noqa: PLC0415

    report = rows.collect(
        rows.Source(
            table=table,
            index=os.environ.get("INDEX_NAME") or None,
            ttl_attribute=os.environ.get("TTL_ATTRIBUTE", "expiresAt"),
            owner=context.command.owner,
        ),
        hours=int(asked.get("sinceHours", DEFAULT_HOURS)),
        limit=int(asked.get("limit", DEFAULT_LIMIT)),
        now=context.clock(),
        seconds_left=context.remaining_seconds,
    )
    folder = context.idempotency_key
    keys = {"csvKey": f"{folder}/commands.csv", "htmlKey": f"{folder}/report.html"}
    storage.put(bucket, keys["csvKey"], sheet.csv_of(report), "text/csv; charset=utf-8")
    storage.put(bucket, keys["htmlKey"], page.html_of(report), "text/html; charset=utf-8")
    return {
        **keys,
        "commands": len(report.rows),
        "byStatus": dict(report.by_status),
        "truncated": report.truncated,
    }
