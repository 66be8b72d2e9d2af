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
from command_api.http import view
from command_client import (
    answers,
    submission,
    transport,
    waiting,
)

__all__ = [
    "answers",
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
    "view",
    "violations",
    "waiting",
    "work",
]
