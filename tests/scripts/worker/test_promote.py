"""The zip that was tested is the one that is promoted, byte by byte, or none is."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from scripts.worker import __main__ as tool
from tests.scripts.web import Page, Web
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FUNCTION = "acme-dev-worker"
QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:acme-dev-work-queue"
ALIAS = f"arn:aws:lambda:us-east-1:000000000000:function:{FUNCTION}:live"
TESTED = b"the zip that was tested"
OTHER = b"another zip"


def sha256(content: bytes) -> str:
    """The hash as the environment says it."""
    return hashlib.sha256(content).hexdigest()


@dataclass
class FakeLambda:
    """A worker behind an alias, whose code is at `location`."""

    location: str
    runs: bytes = TESTED
    mapped: list[str] = field(default_factory=lambda: [f"{ALIAS}x".replace("worker", "x"), ALIAS])

    def get_paginator(self, operation: str) -> FakeLambda:
        """The client itself."""
        assert operation == "list_event_source_mappings"
        return self

    def paginate(self, **asked: str) -> list[dict[str, Any]]:
        """What the queue's messages go to."""
        assert asked == {"EventSourceArn": QUEUE_ARN}
        found = [{"UUID": "u", "State": "Enabled", "FunctionArn": arn} for arn in self.mapped]
        return [{"EventSourceMappings": found}]

    def get_function(self, **asked: str) -> dict[str, Any]:
        """The alias's own code."""
        assert asked == {"FunctionName": ALIAS}
        digest = base64.b64encode(hashlib.sha256(self.runs).digest()).decode()
        return {"Configuration": {"CodeSha256": digest}, "Code": {"Location": self.location}}


@pytest.fixture
def cloud(web: Web) -> FakeLambda:
    """An environment that runs the tested zip."""
    web.pages["/code?signature=s3cret"] = Page(TESTED)
    return FakeLambda(f"{web.url}/code?signature=s3cret")


@pytest.fixture
def promote(
    cloud: FakeLambda,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, bytes | None]]:
    """The command; its exit code, what it said, and the zip that is there afterwards."""
    zip_ = tmp_path / "lambda.zip"

    def run(deployed: str | None = sha256(TESTED)) -> tuple[int, str, bytes | None]:
        outputs = {
            "worker_function_name": FUNCTION,
            "sqs_queue_url": "https://q",
            "sqs_queue_arn": QUEUE_ARN,
            "package_sha256": deployed,
        }
        aim(monkeypatch, target(outputs, lambda _: cloud))
        code = tool.main(["promote", "--env", "dev", "--output", str(zip_)])
        said = capsys.readouterr()
        assert code == 0 or said.err.count("\n") == 1
        assert "s3cret" not in said.err
        return code, said.out + said.err, zip_.read_bytes() if zip_.exists() else None

    return run


def test_the_promoted_zip_is_the_tested_one(promote: Any) -> None:
    """Its bytes are those that run, and the next command asks for their hash."""
    code, said, content = promote()
    assert (code, content) == (0, TESTED)
    assert f"-var package_sha256={sha256(TESTED)}" in said


def test_the_manifest_of_the_promoted_zip_comes_along(
    promote: Any, cloud: FakeLambda, web: Web, tmp_path: Path
) -> None:
    """Terraform reads beside the zip what its handlers need, not what those built here need."""
    (tmp_path / "handlers.json").write_text('{"of": "another zip"}')
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("handlers.json", '{"report": {"min_seconds": 60}}')
    cloud.runs = content.getvalue()
    web.pages["/code?signature=s3cret"] = Page(cloud.runs)

    assert promote(sha256(cloud.runs))[0] == 0

    assert (tmp_path / "handlers.json").read_text() == '{"report": {"min_seconds": 60}}'


def changed_on_the_way(_: FakeLambda, web: Web) -> None:
    web.pages["/code?signature=s3cret"] = Page(TESTED[:-1] + b"!")


def changed_by_hand(cloud: FakeLambda, web: Web) -> None:
    cloud.runs = OTHER
    web.pages["/code?signature=s3cret"] = Page(OTHER)


def too_large(_: FakeLambda, web: Web) -> None:
    web.pages["/code?signature=s3cret"] = Page(TESTED * 100_000)


def gone(_: FakeLambda, web: Web) -> None:
    web.pages.clear()


def unreachable(cloud: FakeLambda, _: Web) -> None:
    cloud.location = "http://127.0.0.1:1/code?signature=s3cret"


def not_mapped(cloud: FakeLambda, _: Web) -> None:
    cloud.mapped.pop()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (changed_on_the_way, f"instead of {sha256(TESTED)} and was deleted"),
        (changed_by_hand, "the function was changed or rolled back outside of Terraform: apply"),
        (too_large, "was deleted"),
        (gone, "could not be downloaded from Lambda (HTTP 404)"),
        (unreachable, "could not be downloaded from Lambda"),
        (not_mapped, f"acme-dev-work-queue to {FUNCTION}"),
    ],
)
def test_another_zip_is_refused(
    harm: Callable[[FakeLambda, Web], None],
    words: str,
    promote: Any,
    cloud: FakeLambda,
    web: Web,
    tmp_path: Path,
) -> None:
    """Changed on its way, by hand, or not to be had: the zip from before stays."""
    (tmp_path / "lambda.zip").write_bytes(b"from before")
    harm(cloud, web)
    code, said, content = promote()
    assert (code, content) == (1, b"from before")
    assert words in said


def test_an_environment_that_does_not_say_what_it_deployed(promote: Any) -> None:
    """One of an older version has no such output."""
    code, said, content = promote(None)
    assert (code, content) == (1, None)
    assert "no output package_sha256; apply it with this version" in said
