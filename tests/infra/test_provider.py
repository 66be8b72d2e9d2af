"""Which AWS providers the code is for: one range, one locked version, nothing that 6.x removes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.build.docs.configuration import blocks, parsed
from tests.infra.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

RANGE, TESTED = ">= 5.100, < 7.0", "5.100.0"
# Whatever needs a provider.
KINDS = ("provider", "resource", "data", "ephemeral")
FOLDERS = sorted(
    path.parent for kind in ("modules", "environments") for path in ROOT.glob(f"{kind}/*/main.tf")
)
ENVIRONMENTS = [folder for folder in FOLDERS if folder.parent.name == "environments"]
# Of the provider's "Version 6 Upgrade Guide" what a serverless project could come upon: arguments
# that are gone or may not be set any more, by resource; "*" is the resource itself.
REMOVED = {
    "aws_api_gateway_account": {"reset_on_delete"},
    "aws_api_gateway_deployment": {"stage_name", "stage_description", "canary_settings"},
    "aws_batch_compute_environment": {"compute_environment_name"},
    "aws_cloudfront_response_headers_policy": {"etag"},
    "aws_eip": {"vpc"},
    "aws_flow_log": {"log_group_name"},
    "aws_instance": {"cpu_core_count", "cpu_threads_per_core"},
    "aws_opsworks_stack": {"*"},
    "aws_simpledb_domain": {"*"},
    "aws_ssm_association": {"instance_id"},
}
# Attributes that are gone, deprecated or mean something else.
READ_ELSEWHERE = re.compile(
    r"data\.aws_region\.\w+\.name\b|aws_s3_bucket\.\w+(\[[^\]]+\])?\.region\b"
    r"|aws_api_gateway_deployment\.\w+(\[[^\]]+\])?\.(invoke_url|execution_arn)\b"
    r"|\bs3_us_east_1_regional_endpoint\b"
)


def name(folder: Path) -> str:
    """Name a case after its folder."""
    return folder.name


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_every_folder_takes_the_same_providers(folder: Path) -> None:
    """One range for all, or an environment could compose what has no version in common."""
    [settings] = parsed(folder / "versions.tf")["terraform"]
    providers = [
        (key, {part.strip('"'): str(value).strip('"') for part, value in one.items()})
        for named in settings.get("required_providers", [])
        for key, one in named.items()
        if isinstance(one, dict)
    ]
    needed = needs_provider(folder)

    assert providers == [("aws", {"source": "hashicorp/aws", "version": RANGE})] * needed
    assert str(settings["required_version"]).strip('"') == ">= 1.11"


def needs_provider(folder: Path) -> bool:
    """Whether it, or a module that it is composed of, makes anything: its mocked tests need one."""
    return any(True for kind in KINDS for _ in blocks(folder, kind)) or any(
        needs_provider((folder / str(body["source"]).strip('"')).resolve())
        for _, body in blocks(folder, "module")
    )


def test_environments_lock_the_version_that_is_tested() -> None:
    """With hashes for every platform: what is installed is what was tested, wherever it is."""
    locks = {folder: (folder / ".terraform.lock.hcl").read_text() for folder in ENVIRONMENTS}

    assert len(set(locks.values())) == 1, "the same file in every environment"
    text = next(iter(locks.values()))
    assert f'version     = "{TESTED}"' in text
    assert 'constraints = ">= 5.100.0, < 7.0.0"' in text
    assert text.count('"zh:') >= 10
    assert text.count('"h1:') >= 5


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_nothing_is_used_that_version_6_removes(folder: Path) -> None:
    """Neither as an argument nor read from a resource."""
    used = [
        f"{resource}: {argument}"
        for resource, body in blocks(folder, "resource")
        for argument in REMOVED.get(resource.partition(".")[0], ())
        if argument == "*" or argument in body
    ]
    used += [
        it[0] for path in folder.glob("*.tf") for it in READ_ELSEWHERE.finditer(path.read_text())
    ]

    assert used == []


@pytest.mark.parametrize(
    "code",
    [
        "region = data.aws_region.current.name",
        "url = aws_api_gateway_deployment.this.invoke_url",
        "arn = aws_api_gateway_deployment.this[0].execution_arn",
        "region = aws_s3_bucket.results.region",
    ],
)
def test_what_is_looked_for_is_found(code: str) -> None:
    """The search itself knows what it is after."""
    assert READ_ELSEWHERE.search(code)
