"""API keys, usage plans and throttling.

AWS: "Usage plans and API keys for REST APIs" and "Throttle requests to your REST APIs": the plan's
limits of a key come first, then the stage's; quotas count per key and period.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack_extensions.apigateway.throttling import TokenBucket
from ministack_extensions.restapi.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ministack_extensions.restapi.call import Call
    from ministack_extensions.restapi.definition import Document, Match

_PERIODS = {"DAY": 86_400, "WEEK": 7 * 86_400, "MONTH": 30 * 86_400}


@dataclass
class Limits:
    """The buckets and counters of all APIs."""

    _buckets: dict[tuple[str, ...], TokenBucket] = field(default_factory=dict)
    _used: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def admit(self, call: Call, match: Match, plans: Sequence[Document]) -> None:
        """Raise Refused for a request without a key that it needs, or above a limit."""
        plan, key = _plan_and_key(call, plans)
        if key:
            call.context |= {"identity.apiKey": key["value"], "identity.apiKeyId": key["id"]}
        if match.method.get("apiKeyRequired"):
            if plan is None or key is None:
                raise Refused("INVALID_API_KEY")
            throttle = plan.get("throttle") or {}
            limits = throttle.get("rateLimit"), throttle.get("burstLimit")
            self._take(("plan", plan["id"], key["id"]), *limits)
        settings = _settings(call, match)
        slot = ("stage", call.api.api_id, call.api.stage_name, match.path, call.request.method)
        self._take(slot, settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit"))
        if match.method.get("apiKeyRequired") and plan and key:
            self._count(plan, key)

    def _take(self, slot: tuple[str, ...], rate: float | None, burst: float | None) -> None:
        # -1 is how "not limited" is written in a stage's settings.
        if rate is None or burst is None or rate < 0 or burst < 0:
            return
        now = time.monotonic()
        # The limits are part of the key: changed settings start with a full bucket.
        new = TokenBucket(float(rate), float(burst), float(burst), now)
        if not self._buckets.setdefault((*slot, str(rate), str(burst)), new).take(now):
            raise Refused("THROTTLED")

    def _count(self, plan: Document, key: Document) -> None:
        quota = plan.get("quota") or {}
        if not quota.get("limit"):
            return
        window = int(time.time() // _PERIODS.get(quota.get("period", "DAY"), _PERIODS["DAY"]))
        counter = (plan["id"], key["id"], window)
        if self._used.get(counter, 0) >= int(quota["limit"]):
            raise Refused("QUOTA_EXCEEDED")
        self._used[counter] = self._used.get(counter, 0) + 1


def _plan_and_key(
    call: Call, plans: Sequence[Document]
) -> tuple[Document, Document] | tuple[None, None]:
    value = call.request.header("x-api-key")
    stage = (call.api.api_id, call.api.stage_name)
    for plan in plans:
        stages = [(one["apiId"], one["stage"]) for one in plan.get("apiStages") or []]
        for key in plan["keys"]:
            if stage in stages and value and key.get("value") == value and _enabled(key):
                return plan, key
    return None, None


def _enabled(key: Mapping[str, Any]) -> bool:
    # A patched key has it as text.
    return str(key.get("enabled", True)).lower() == "true"


def _settings(call: Call, match: Match) -> Mapping[str, Any]:
    """The settings of the method, or those of the stage for all its methods."""
    settings: Mapping[str, Any] = call.api.stage.get("methodSettings") or {}
    path = match.path.lstrip("/")
    for name in (f"{path}/{call.request.method}", f"/{path}/{call.request.method}", "*/*"):
        if name in settings:
            found: Mapping[str, Any] = settings[name]
            return found
    return {}
