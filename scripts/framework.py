"""The framework's own rules, so that the tools and the worker cannot disagree.

The framework is no package that is installed here: it travels in the zip.
"""

from __future__ import annotations

import sys

from scripts.cli import ROOT

if (_SOURCE := str(ROOT / "src")) not in sys.path:
    sys.path.append(_SOURCE)

from command_api import records
from command_api.domain import (
    cron,
    decision,
    envelope,
    errors,
    history,
    lifecycle,
    message,
    model,
    ports,
    rates,
    retry,
    violations,
    work,
)
from command_api.http import batches as batch_view
from command_api.http import view
from command_client import (
    answers,
    batches,
    submission,
    transport,
    uploads,
    waiting,
)

__all__ = [
    "answers",
    "batch_view",
    "batches",
    "cron",
    "decision",
    "envelope",
    "errors",
    "history",
    "lifecycle",
    "message",
    "model",
    "ports",
    "rates",
    "records",
    "retry",
    "submission",
    "transport",
    "uploads",
    "view",
    "violations",
    "waiting",
    "work",
]
