"""The one list of assumptions, by topic and in the order of the documentation."""

from __future__ import annotations

from scripts.prove.assumption import Assumption
from scripts.prove.probes import (
    access,
    environment,
    events,
    functions,
    http_api,
    queue,
    redrive,
    rest_api,
    table,
)

TOPICS = (environment, http_api, rest_api, queue, redrive, functions, table, events, access)
ASSUMPTIONS = tuple(
    one for topic in TOPICS for one in vars(topic).values() if isinstance(one, Assumption)
)
