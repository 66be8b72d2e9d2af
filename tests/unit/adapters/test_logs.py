"""The lines that the functions log."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from command_api.adapters.cloudwatch.logs import structured_logger

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A service of its own name, whose level is WARNING."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "acme-worker")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "WARNING")
    yield
    logging.getLogger("acme-worker").handlers.clear()


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was written, read as JSON."""
    return [json.loads(line) for line in captured.readouterr().out.splitlines()]


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """Message, level, service, place, time and every extra field; line breaks stay inside."""
    structured_logger().warning("two\nlines of %s", "text", extra={"command_id": "c-1", "n": {1}})
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("location").startswith("test_a_line_is_one_json_object:")
    assert line == {
        "level": "WARNING",
        "message": "two\nlines of text",
        "service": "acme-worker",
        "command_id": "c-1",
        "n": "{1}",
    }


def test_the_level_is_the_environments(capsys: pytest.CaptureFixture[str]) -> None:
    """What is below POWERTOOLS_LOG_LEVEL is not written."""
    structured_logger().info("too quiet")
    assert lines(capsys) == []


def test_asking_twice_does_not_write_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """A second import of an entrypoint adds no second handler."""
    structured_logger()
    structured_logger().error("once")
    assert len(lines(capsys)) == 1
