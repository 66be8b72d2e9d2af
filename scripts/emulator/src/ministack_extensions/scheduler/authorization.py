"""Calls of EventBridge Scheduler: the emulator judges who may make them, and does nothing else.

AWS: "Actions, resources, and condition keys for Amazon EventBridge Scheduler" (Service
Authorization Reference). A schedule's ARN has its group, which the emulator leaves out, and whoever
creates or changes one needs iam:PassRole for its role. The emulator's own schedules lose messages
and fire in the wrong zone, so they never start.

One of the files that know the emulator from inside: it judges a call before it answers.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from ministack import app
from ministack.core import iam_actions
from ministack.services import scheduler

from ministack_extensions.upstream import ACCOUNT_ID

_SERVICE = "scheduler"
_PASSED_TO = {"iam:PassedToService": "scheduler.amazonaws.com"}
_SCHEDULE_PARTS = 2


def judge_schedules() -> None:
    """Let this process judge the calls and answer allowed ones with an empty object."""
    resource = iam_actions.extract_resource_arn

    def named(*request: Any) -> str:  # noqa: ANN401 - as it is called
        service, _, path, _, body, query, region, account = request
        if service != _SERVICE:
            return str(resource(*request))
        return _arn(path, body, query, region, account or ACCOUNT_ID)

    async def allowed(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
    ) -> tuple[int, dict[str, str], bytes]:
        role = _role(body) if method in ("POST", "PUT") and path.startswith("/schedules/") else ""
        if role and app.AUTH:
            denied = app._enforce_data_plane(  # noqa: SLF001
                _SERVICE, "iam:PassRole", headers, query, "", role, _PASSED_TO
            )
            if denied:
                return denied[0], denied[1], denied[2]
        return 200, {"Content-Type": "application/json"}, b"{}"

    iam_actions.extract_resource_arn = named
    scheduler.handle_request = allowed
    scheduler.start_scheduler = lambda: None


def _arn(path: str, body: bytes, query: dict[str, Any], region: str, account: str) -> str:
    parts = [unquote(one) for one in path.split("/") if one]
    prefix = f"arn:aws:scheduler:{region}:{account}"
    if parts[:1] == ["tags"]:
        return "/".join(parts[1:])
    if len(parts) < _SCHEDULE_PARTS:
        return f"{prefix}:schedule/*/*" if parts == ["schedules"] else "*"
    if parts[0] == "schedule-groups":
        return f"{prefix}:schedule-group/{parts[1]}"
    asked = query.get("groupName") or _document(body).get("GroupName") or "default"
    group = asked[0] if isinstance(asked, list) else asked
    return f"{prefix}:schedule/{group}/{parts[1]}"


def _role(body: bytes) -> str:
    target = _document(body).get("Target")
    return str(target.get("RoleArn") or "") if isinstance(target, dict) else ""


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
