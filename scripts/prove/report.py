"""Findings as a table for people, and as JSON to attach to an issue."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from scripts import table
from scripts.cli import many
from scripts.prove.prover import HELD, NOT_TRIED, REFUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.prove.prover import Finding
    from scripts.target.target import Target

# Refutations last, where they are read first.
_ORDER = (HELD, NOT_TRIED, REFUTED)
_STYLES = {HELD: "green", NOT_TRIED: "yellow", REFUTED: "red"}
_ACCOUNT = re.compile(r"\b\d{12}\b")


def show(findings: Sequence[Finding]) -> None:
    """Print a row for each finding, and what each refutation means."""
    ordered = sorted(findings, key=lambda finding: _ORDER.index(finding.verdict))
    rows = [(one.verdict, one.assumption.id, one.seen) for one in ordered]
    table.show(("verdict", "assumption", "seen"), rows, styles=_STYLES)
    for one in findings:
        if one.verdict == REFUTED:
            it = one.assumption
            click.echo(
                f"\n{it.id}: {it.says}\n  Seen: {one.seen}\n  Meaning: {it.means}\n"
                f"  Plan B: {it.plan_b}\n  Source: {it.source}"
            )


def summary(findings: Sequence[Finding]) -> str:
    """How many of each verdict."""
    counts = {name: sum(one.verdict == name for one in findings) for name in _ORDER}
    return f"{many(len(findings), 'assumption')}: " + ", ".join(
        f"{count} {name}" for name, count in counts.items()
    )


def as_json(target: Target, findings: Sequence[Finding], left: Sequence[str]) -> str:
    """The same as JSON, without the account's number."""
    report = {
        "environment": target.settings.folder,
        "local": target.local,
        "region": target.settings.region,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "left": list(left),
        "findings": [
            {
                "id": one.assumption.id,
                "verdict": one.verdict,
                "seen": one.seen,
                "seconds": round(one.seconds, 1),
                "assumption": one.assumption.says,
                "meaning": one.assumption.means,
                "plan_b": one.assumption.plan_b,
                "source": one.assumption.source,
            }
            for one in findings
        ],
    }
    return _ACCOUNT.sub("ACCOUNT", json.dumps(report, indent=2)) + "\n"
