"""Which worker a command line is about, and what is said where it is none."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.commands import target
from scripts.commands.api import CommandsApi
from scripts.commands.target import Target
from scripts.errors import OperatorError
from scripts.worker import __main__ as tool
from scripts.worker import place
from tests.scripts.worker.cloud import FUNCTION, QUEUE_ARN

OUTPUTS = {
    "worker_function_name": FUNCTION,
    "sqs_queue_url": "https://queue",
    "sqs_queue_arn": QUEUE_ARN,
}


@pytest.mark.parametrize("words", [("show",), ("show", "--env", "dev", "--local")])
def test_one_place_is_to_be_named(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Switching the wrong worker is worse than a second try."""
    assert tool.main(words) == 2
    assert "--env NAME or --local" in capsys.readouterr().err


@pytest.mark.parametrize("options", [{"env": "dev", "local": False}, {"env": None, "local": True}])
def test_an_environment_says_it_all(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its outputs, and a client for each service."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    aim(monkeypatch, OUTPUTS)
    found = place.resolve(**options)
    assert (found.function, found.queue_url, found.queue_arn) == tuple(OUTPUTS.values())
    assert found.queue_name == "acme-dev-work-queue"
    assert found.lambda_.meta.service_model.service_name == "lambda"
    assert found.sqs.meta.service_model.service_name == "sqs"
    flags = "--local" if options["local"] else "--env dev"
    assert found.command("show") == f"python -m scripts.worker show {flags}"


def test_an_environment_of_an_older_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its outputs lack something."""
    aim(monkeypatch, {**OUTPUTS, "sqs_queue_arn": None})
    with pytest.raises(OperatorError, match="has no output sqs_queue_arn; apply it again"):
        place.resolve(env="dev", local=False)


def aim(monkeypatch: pytest.MonkeyPatch, outputs: dict[str, Any]) -> None:
    """Let every environment have these outputs."""
    found = Target(CommandsApi("http://127.0.0.1:9/commands"), outputs)
    monkeypatch.setattr(target, "resolve", lambda **_: found)
