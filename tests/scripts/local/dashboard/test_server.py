"""What the page gets for what it asks."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from scripts.errors import OperatorError
from scripts.local import __main__ as tool
from scripts.local.dashboard import deployed
from scripts.stack.stack import LocalStack
from tests.scripts.local.dashboard.site import OPEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scripts.local.dashboard.site import Site


def test_without_a_stack_nothing_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says what to run."""
    assert tool.main(["--state-dir", str(tmp_path), "dashboard"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "error: the local stack does not run; run: make up\n")


def test_a_page_without_a_deployment_is_told_what_to_run(site: Site) -> None:
    """It shows that until there is one."""
    for path in ("/api/state", "/api/contract"):
        answer = site.ask("GET", path)
        assert (answer.status, answer.header("content-type")) == (503, "application/problem+json")
        assert "make up" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/commands", b"{"),
        ("/api/commands", b"[]"),
        ("/api/commands", {"type": "echo"}),
        ("/api/commands", {"type": 1, "input": {}}),
        ("/api/commands", {"type": "echo", "input": []}),
        ("/api/commands", {"type": "echo", "input": {}, "id": "a b"}),
        ("/api/commands", {"type": "echo", "input": {}, "id": ["x"]}),
        ("/api/commands", {"type": "echo", "input": {}, "group": "a\r\nx: y"}),
        ("/api/redrive", {"ids": "all"}),
        ("/api/redrive", {"ids": [1]}),
    ],
)
def test_what_cannot_be_meant_is_refused(site: Site, path: str, body: object) -> None:
    """With what was expected, and before anybody else is asked."""
    site.deploy()
    answer = site.ask("POST", path, body)
    assert answer.status == 400
    assert answer.json()["detail"]


def test_an_unknown_path_is_not_found(site: Site) -> None:
    """Also with a method that nothing takes."""
    site.deploy()
    for method, path in (("GET", "/api/x"), ("POST", "/api/state"), ("POST", "/api/commands/x")):
        assert site.ask(method, path, {"x": 1} if method == "POST" else None).status == 404


def test_one_redrive_at_a_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one is refused, and what went wrong in the first is kept for the page."""
    site.deploy(target=SimpleNamespace(command=lambda *words: " ".join(words)))
    going, release = threading.Event(), threading.Event()

    def redrive(*_: object, **__: object) -> int:
        going.set()
        release.wait(10)
        raise OperatorError("SQS refused 1 message")

    monkeypatch.setattr("scripts.local.dashboard.redriving.redrive", redrive)
    assert site.ask("POST", "/api/redrive", {"apply": True}).json()["running"] is True
    assert going.wait(10)
    assert site.ask("POST", "/api/redrive", {"apply": True}).status == 409
    assert site.ask("POST", "/api/redrive", {"ids": []}).status == 409
    assert site.server.redriving.end(0.01) == "redrive --apply"
    release.set()
    site.server.redriving.end(10)
    assert site.server.redriving.shown() == {
        "number": 1,
        "running": False,
        "said": [],
        "error": "SQS refused 1 message",
    }


def test_a_stack_that_comes_back_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform is asked once for each apply; a stack that is gone is said to have stopped."""
    asked: list[str] = []
    now: dict[str, Any] = {"current": None, "version": ("one", 1)}

    class Fake:
        environment = "dev"

        def __init__(self, _: LocalStack) -> None:
            pass

        def version(self) -> tuple[str, int]:
            version: tuple[str, int] = now["version"]
            return version

        def outputs(self) -> dict[str, str]:
            names = ["commands_endpoint", "worker_function_name", "sqs_queue_arn", "sqs_queue_url"]
            names += ["sqs_dlq_url", "dynamodb_table_name", "dynamodb_ttl_attribute"]
            asked.append(now["version"][0])
            return dict.fromkeys(names, "x")

    class Running:
        port = 4567

    monkeypatch.setattr(deployed, "Deployment", Fake)
    monkeypatch.setattr("scripts.local.dashboard.contract.ask", lambda _: OPEN)
    monkeypatch.setattr(LocalStack, "current", lambda _: now["current"])
    stack = LocalStack(tmp_path)
    find = deployed.Finder(stack)
    with pytest.raises(OperatorError, match="does not run; run: make up"):
        find()
    now["current"] = Running
    assert find() is find()
    assert stack.port == 4567
    now["current"] = None
    with pytest.raises(OperatorError, match="stopped; run: make up"):
        find()
    now |= {"current": Running, "version": ("two", 2)}
    assert find().stack == "two"
    assert asked == ["one", "two"]
