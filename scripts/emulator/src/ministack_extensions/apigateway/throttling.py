"""Throttling of HTTP API routes by rate and burst.

AWS: "Throttle requests to your HTTP APIs" (http-api-throttling.html): a token bucket; 429 when it
is empty. A route's own settings win over the stage's default settings, which its other routes
share here (AWS does not say whether each route gets a bucket of its own: this is the stricter
reading). Without settings nothing is throttled: the account limits of AWS are not emulated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TOO_MANY_REQUESTS = "Too Many Requests"


@dataclass
class TokenBucket:
    """`burst` tokens at most, `rate` new ones per second."""

    rate: float
    burst: float
    tokens: float
    filled_at: float

    def take(self, now: float) -> bool:
        """Take one token if there is one."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class Throttle:
    """The buckets of all stages and routes."""

    _buckets: dict[tuple[str, ...], TokenBucket] = field(default_factory=dict)

    def allows(self, api_id: str, stage: Mapping[str, Any], route_key: str, now: float) -> bool:
        """Whether the request may pass; it costs a token."""
        own = _limits((stage.get("routeSettings") or {}).get(route_key))
        limits = own or _limits(stage.get("defaultRouteSettings"))
        if limits is None:
            return True
        rate, burst = limits
        # The limits are part of the key: changed settings start with a full bucket.
        scope = route_key if own else "*"
        key = (api_id, stage["stageName"], scope, str(rate), str(burst))
        bucket = self._buckets.setdefault(key, TokenBucket(rate, burst, burst, now))
        return bucket.take(now)


def _limits(settings: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """Rate and burst, or None where neither is set; a missing one follows the other."""
    rate = (settings or {}).get("throttlingRateLimit")
    burst = (settings or {}).get("throttlingBurstLimit")
    if rate is None and burst is None:
        return None
    given = [float(limit) for limit in (rate, burst) if limit is not None]
    return given[0], given[-1]
