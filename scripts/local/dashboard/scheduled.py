"""The recurring schedules of the deployment, as the page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scripts.errors import OperatorError
from scripts.framework import records
from scripts.schedules import report

if TYPE_CHECKING:
    from datetime import datetime

    from scripts.schedules.deployed import DeployedSchedules


def rows(deployed: DeployedSchedules | None, *, now: datetime) -> list[dict[str, Any]]:
    """When each fires next and how its last run stands; none where the deployment has none."""
    if deployed is None or not deployed.found():
        return []
    try:
        found = report.summaries(deployed, now=now)
    except OperatorError as error:
        return [{"name": "", "problem": str(error)}]
    return [
        {
            "name": schedule.name,
            "problem": "",
            "cron": schedule.expression,
            "zone": str(schedule.zone),
            "paused": not schedule.enabled,
            "next": records.moment(upcoming) if upcoming else None,
            "last": last and {"id": last.id, "status": report.status_of(last)},
        }
        for schedule, upcoming, last in found
    ]
