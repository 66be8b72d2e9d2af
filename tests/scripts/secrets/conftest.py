"""Secrets Manager in memory, the tool through its ``main``, and a check that nothing leaks."""

from __future__ import annotations

import io
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import botocore.loaders
import pytest
from moto import mock_aws

from scripts import settings
from scripts.secrets.__main__ import main
from tests.scripts.secrets.endpoint import Endpoint, secrets_manager

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from botocore.loaders import Loader
    from mypy_boto3_secretsmanager import SecretsManagerClient

PREFIX = "/dev/acme/"


@dataclass(frozen=True)
class Result:
    """What one run of the tool left behind."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of a failure, after checking that it is one."""
        assert self.code == 1, self
        assert self.out == ""
        assert self.err.startswith("error: ")
        assert self.err.count("\n") == 1
        return self.err


class Terminal(io.StringIO):
    """Standard input with somebody at it."""

    def isatty(self) -> bool:
        """Answer yes."""
        return True


class Tool:
    """The tool as a user sees it; whatever it prints or logs is kept for the leak check."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.shown = ""

    def __call__(self, *args: str, piped: bytes | None = None, typed: str | None = None) -> Result:
        """Run with input from a pipe (nothing by default), or with lines typed at a terminal."""
        stdin = io.TextIOWrapper(io.BytesIO(piped or b""))
        self._monkeypatch.setattr("sys.stdin", stdin if typed is None else Terminal(typed))
        code = main(args)
        out, err = self._capsys.readouterr()
        self.shown += out + err
        return Result(code, out, err)


@pytest.fixture(autouse=True)
def own_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's AWS configuration, and one attempt per request."""
    for name in [*os.environ]:
        if name.startswith("AWS_") or name == "SECRET_PREFIX":
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture(scope="session")
def service_models() -> Loader:
    """botocore's descriptions of the services: parsing them takes longer than any test here."""
    return botocore.loaders.create_loader(None)


@pytest.fixture(autouse=True)
def parsed_once(service_models: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """All clients of the tests share the parsed descriptions."""
    monkeypatch.setattr("botocore.session.create_loader", lambda _: service_models)


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tool:
    """The tool."""
    return Tool(monkeypatch, capsys)


@pytest.fixture
def no_leak(tool: Tool, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """A secret value; at the end of the test nobody has printed or logged it, not in parts."""
    value = 'pa55-"w0rd"-Zürich-{n0t-json}'
    caplog.set_level(logging.DEBUG)
    yield value
    everything = tool.shown + caplog.text
    for part in (value, "pa55", "w0rd", "Zürich", "n0t-json"):
        assert part not in everything


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretsManagerClient]:
    """Secrets Manager in memory, in us-east-1."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="us-east-1")


@pytest.fixture
def empty(aws: SecretsManagerClient) -> str:
    """A secret without a value."""
    aws.create_secret(Name=f"{PREFIX}stripe")
    return f"{PREFIX}stripe"


@pytest.fixture
def environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of environments with a ``dev`` in it."""
    directory = tmp_path / "environments"
    (directory / "dev").mkdir(parents=True)
    (directory / "dev" / "terraform.tfvars").write_text(
        '# project = "old"\nproject     = "acme" # ours\nenvironment = "dev"\n'
    )
    monkeypatch.setattr(settings, "ENVIRONMENTS", directory)
    return directory


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Secrets Manager over HTTP."""
    with secrets_manager() as running:
        yield running


@pytest.fixture
def seeded(aws: SecretsManagerClient, empty: str) -> str:
    """A secret with a value."""
    aws.put_secret_value(SecretId=empty, SecretString="old")
    return empty
