"""Which secrets, which account, which region: from options, an environment's files, variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.targets import aim, target

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_secretsmanager import SecretsManagerClient

    from tests.scripts.secrets.conftest import Tool
    from tests.scripts.secrets.endpoint import Endpoint

VARIABLES = """
variable "project" {
  type = string
}

variable "aws_region" {
  type    = string
  default = "eu-west-1"
}

variable "aws_profile" {
  default = null
}

variable "repository" {
  default = "elsewhere"
}
"""


@pytest.mark.parametrize("env", ["prod", "../dev", "", "dev/.."])
def test_an_unknown_environment(env: str, tool: Tool, environments: Path) -> None:
    """The line names the environments there are."""
    assert environments
    assert "environments: dev" in tool("list", "--env", env).line


def test_an_environment_without_a_project(tool: Tool, environments: Path) -> None:
    """What cannot be read can be passed."""
    (environments / "dev" / "terraform.tfvars").write_text('environment = "dev"\n')
    assert "--project" in tool("list", "--env", "dev").line


@pytest.mark.parametrize(
    "options",
    [
        ["--env", "dev", "--prefix", "/dev/acme"],
        ["--project", "acme"],
        ["--project", "acme", "--local"],
        ["--local", "--region", "eu-west-1"],
    ],
)
def test_contradictions_are_wrong_usage(options: list[str], tool: Tool, environments: Path) -> None:
    """Options that do not go together are refused, and the line says which."""
    assert environments
    result = tool("list", *options)
    assert result.code == 2
    assert options[0] in result.err


@pytest.mark.parametrize(
    ("options", "variable", "expected"),
    [
        (["--env", "dev"], None, "/dev/acme/"),
        (["--env", "dev"], "/other/", "/dev/acme/"),
        (["--env", "dev", "--project", "jobs"], None, "/dev/jobs/"),
        (["--env", "qa", "--project", "jobs"], None, "/qa/jobs/"),
        (["--env", "stage-eu"], None, "/staging/acme/"),
        (["--prefix", "/dev/jobs"], None, "/dev/jobs/"),
        (["--prefix", "/dev/jobs/"], "/other/", "/dev/jobs/"),
        ([], "/dev/jobs/", "/dev/jobs/"),
    ],
)
def test_the_prefix(  # noqa: PLR0913  one case has this many parts
    *,
    options: list[str],
    variable: str | None,
    expected: str,
    tool: Tool,
    aws: SecretsManagerClient,
    environments: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Options first, then the environment's files, then the worker's own variable."""
    (environments / "stage-eu").mkdir()
    (environments / "stage-eu" / "terraform.tfvars").write_text(
        'project="acme"\nenvironment="staging"\n'
    )
    if variable:
        monkeypatch.setenv("SECRET_PREFIX", variable)
    aws.create_secret(Name=f"{expected}stripe", SecretString="x")
    assert tool("list", *options).out.startswith(f"{expected}stripe\t")
    result = tool("read", "stripe", *options)
    assert result.out == "text, 1 character\n"
    assert result.err.strip().endswith(" ".join(["--reveal", *options]))


def test_the_local_stack_has_its_secrets(
    tool: Tool, aws: SecretsManagerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --local the prefix is that of the environment that is deployed there."""
    aim(monkeypatch, target({}, lambda _: aws))
    aws.create_secret(Name="/dev/acme/stripe", SecretString="x")
    assert tool("list", "--local").out.startswith("/dev/acme/stripe\t")
    assert tool("read", "stripe", "--local").err.strip().endswith("read stripe --reveal --local")


@pytest.fixture
def signed(tool: Tool, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """The tool with two profiles and an endpoint of its own."""
    endpoint.answers["ListSecrets"] = {"SecretList": []}
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint.url)
    (tmp_path / "aws-config").write_text(
        "[default]\nregion = us-west-1\n[profile acme]\nregion = ca-central-1\n"
    )
    (tmp_path / "aws-credentials").write_text(
        "".join(
            f"[{name}]\naws_access_key_id = KEY{name}\naws_secret_access_key = x\n"
            for name in ("default", "acme", "dev")
        )
    )
    return tool


@pytest.mark.parametrize(
    ("options", "environ", "tfvars", "expected"),
    [
        (["--prefix", "/x/"], {}, "", "KEYdefault/us-west-1"),
        (["--prefix", "/x/"], {"AWS_PROFILE": "acme"}, "", "KEYacme/ca-central-1"),
        (["--prefix", "/x/", "--profile", "acme"], {}, "", "KEYacme/ca-central-1"),
        (["--prefix", "/x/"], {"AWS_REGION": "ap-east-1"}, "", "KEYdefault/ap-east-1"),
        (["--env", "dev"], {"AWS_REGION": "ap-east-1"}, "", "KEYdefault/eu-west-1"),
        (["--env", "dev"], {}, 'aws_region = "sa-east-1"', "KEYdefault/sa-east-1"),
        (["--env", "dev", "--region", "af-south-1"], {}, "", "KEYdefault/af-south-1"),
        (["--env", "dev"], {}, 'aws_profile = "dev"', "KEYdev/eu-west-1"),
        (["--env", "dev"], {"AWS_PROFILE": "acme"}, 'aws_profile = "dev"', "KEYacme/eu-west-1"),
        (["--env", "dev", "--profile", "acme"], {}, 'aws_profile = "dev"', "KEYacme/eu-west-1"),
    ],
)
def test_account_and_region(  # noqa: PLR0913  one case has this many parts
    *,
    options: list[str],
    environ: dict[str, str],
    tfvars: str,
    expected: str,
    signed: Tool,
    endpoint: Endpoint,
    environments: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the environment was applied to, unless the operator says otherwise."""
    with (environments / "dev" / "terraform.tfvars").open("a") as file:
        file.write(f"{tfvars}\n")
    (environments / "dev" / "variables.tf").write_text(VARIABLES)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert signed("list", *options).code == 0
    key, _, region = expected.partition("/")
    authorization = endpoint.calls[0][2]
    assert f"Credential={key}/" in authorization
    assert f"/{region}/secretsmanager/" in authorization
