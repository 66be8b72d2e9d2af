"""The one list of assumptions, by topic and in the order of the documentation."""

from __future__ import annotations

from scripts.prove.assumption import Assumption
from scripts.prove.probes import (
    access,
    batches,
    environment,
    events,
    functions,
    http_api,
    push,
    queue,
    redrive,
    rest_api,
    schedules,
    table,
    transactions,
    webhooks,
)

TOPICS = (
    environment,
    http_api,
    rest_api,
    queue,
    schedules,
    redrive,
    functions,
    table,
    transactions,
    events,
    batches,
    push,
    webhooks,
    access,
)
ASSUMPTIONS = tuple(
    one for topic in TOPICS for one in vars(topic).values() if isinstance(one, Assumption)
)
