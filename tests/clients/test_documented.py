"""The Python programs of the documentation run as they are printed."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from standardwebhooks import Webhook

import command_client
from scripts.cli import ROOT

if TYPE_CHECKING:
    from tests.clients.conftest import ScriptedApi

COMMAND = {"id": "c-1", "type": "echo", "status": "COMPLETED", "attempts": 1, "result": {"a": 1}}


def programs(page: str) -> list[str]:
    """The programs of a page that use the client."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    return [one for one in blocks if "command_client" in one]


@pytest.mark.parametrize(
    "program",
    [one for page in ("README.md", "docs/clients.md") for one in programs(page)],
)
def test_a_program_runs(program: str, api: ScriptedApi, capsys: pytest.CaptureFixture[str]) -> None:
    """Against an API that takes everything, and has done it at once."""
    if "Producer" in program:
        compile(program, "clients.md", "exec")
        return
    api.gives((202, {"x-command-id": "c-1"}, ""), (200, {}, json.dumps(COMMAND)))
    program = program.replace("https://api.example.com/commands", api.url)
    known = {**vars(command_client), "endpoint": api.url}
    exec(compile(program, "clients.md", "exec"), known)  # noqa: S102 - our own pages
    assert api.asked[0]["line"].startswith("PUT" if "command_id=" in program else "POST")
    assert "print" not in program or "COMPLETED" in capsys.readouterr().out


def test_the_program_with_a_batch_runs(
    api: ScriptedApi, capsys: pytest.CaptureFixture[str]
) -> None:
    """It submits the batch, and shows its counts."""
    (program,) = programs("docs/batches.md")
    shown = {"id": "b-1", "total": 40, "counts": {"completed": 40}}
    api.gives((202, {}, json.dumps(shown)), (200, {}, json.dumps(shown)))
    exec(program.replace("https://api.example.com/commands", api.url), {})  # noqa: S102 - our own
    assert [one["line"] for one in api.asked] == ["POST /batches", "GET /batches/b-1"]
    assert capsys.readouterr().out == "{'completed': 40}\n"


def test_the_program_with_a_schedule_runs(
    api: ScriptedApi, capsys: pytest.CaptureFixture[str]
) -> None:
    """It makes the schedule, lists it, and deletes it."""
    (program,) = programs("docs/client-schedules.md")
    made = {"id": "nightly", "nextRuns": [{"at": "2030-12-24T01:00:00.000Z", "id": "n:1"}]}
    page = {"schedules": [made]}
    api.gives((201, {}, json.dumps(made)), (200, {}, json.dumps(page)), (204, {}, ""))
    exec(program.replace("https://api.example.com/commands", api.url), {})  # noqa: S102 - our own
    assert [one["line"] for one in api.asked] == [
        *("PUT /schedules/nightly", "GET /schedules?limit=100", "DELETE /schedules/nightly"),
    ]
    assert capsys.readouterr().out == "n:1\n['nightly']\n"


def test_the_receiver_of_the_documentation_verifies() -> None:
    """One line, with the request of most frameworks."""
    (line,) = re.findall(
        r"^event = verify_webhook.*$", (ROOT / "docs/clients.md").read_text(), re.MULTILINE
    )
    secret, now = f"whsec_{base64.b64encode(b'k' * 32).decode()}", datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, "{}"),
    }
    known = {
        "verify_webhook": command_client.verify_webhook,
        "request": SimpleNamespace(body=b"{}", headers=headers),
        "secret": secret,
    }
    exec(line, known)  # noqa: S102 - our own page
    assert known["event"] == {}
