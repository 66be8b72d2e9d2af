"""Terraform's output, read line by line."""

from __future__ import annotations

import json

import pytest

from scripts.build.terraform.diagnostics import Event, Report, plain_text


def error(summary: str, **more: object) -> str:
    """A line with a diagnostic as Terraform writes it."""
    diagnostic = {"severity": "error", "summary": summary, **more}
    return json.dumps(
        {"@message": f"Error: {summary}", "type": "diagnostic", "diagnostic": diagnostic}
    )


def test_a_crash_without_a_diagnostic_shows_its_last_words() -> None:
    """Lines that are not Terraform's, and stderr, are all there is to go by."""
    report = Report()
    assert report.read("panic: oh no\n") is None
    assert report.read("17\n") is None
    failure = str(report.failure("apply", "goroutine 1\n"))
    assert failure == "terraform apply failed: panic: oh no 17 goroutine 1"


def test_silence_still_gives_advice() -> None:
    """A failure without a word says how to get more of them."""
    assert "TF_LOG" in str(Report().failure("plan", " \n"))


def test_errors_are_compact_and_named_once() -> None:
    """Summary, detail and place, each on one line; the same error twice is one error."""
    report = Report()
    place = {"filename": "main.tf", "start": {"line": 7}}
    for _ in range(2):
        report.read(error("Bad size", detail="It is\n\n  too  large.", range=place))
    report.read(error("No access"))
    failure = str(report.failure("apply", "noise"))
    expected = "Bad size: It is too large (main.tf:7); No access"
    assert failure == f"terraform apply failed: {expected}"


def test_a_warning_is_an_event_and_no_error() -> None:
    """Warnings pass by."""
    report = Report()
    line = {"@message": "Warning: old", "type": "diagnostic", "diagnostic": {"severity": "warning"}}
    assert report.read(json.dumps(line)) == Event("diagnostic", "", 0.0, "Warning: old")
    assert report.errors == []


def test_progress_carries_address_and_seconds() -> None:
    """What a progress display needs is in the event."""
    hook = {"resource": {"addr": "module.q.aws_sqs_queue.this"}, "elapsed_seconds": 20}
    line = {"@message": "Still creating...", "type": "apply_progress", "hook": hook}
    expected = Event("apply_progress", "module.q.aws_sqs_queue.this", 20.0, "Still creating...")
    assert Report().read(json.dumps(line)) == expected


@pytest.mark.parametrize(
    "drawn",
    [
        "╷\n│ Error: No zip\n│ \n│ run: make package\n╵\n",
        "\x1b[31m╷\x1b[0m\n\x1b[31m│\x1b[0m \x1b[1mError: \x1b[0mNo zip\n\n│ run: make package\n",
    ],
)
def test_frames_and_colours_are_removed(drawn: str) -> None:
    """Terraform's drawing does not survive in a line."""
    assert plain_text([drawn]).split() == ["No", "zip", "run:", "make", "package"]
