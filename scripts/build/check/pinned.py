"""The tools that no package registry offers: version, place and SHA-256, for Linux.

Each hash is the one that the release's own list of checksums gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Tool:
    """One program in one archive of a release; ``sha256`` is the archive's, by platform."""

    name: str
    url: str
    sha256: Mapping[str, str]
    platforms: Mapping[str, str]

    def source(self, platform: str) -> str:
        """Where the archive for a platform is; platforms are called as by Terraform."""
        return self.url.format(platform=self.platforms[platform])


_GITHUB = "https://github.com"

TOOLS = (
    Tool(
        name="tflint",
        url=f"{_GITHUB}/terraform-linters/tflint/releases/download/v0.64.0/tflint_{{platform}}.zip",
        sha256={
            "linux_amd64": "cca9d13e2e1d7a2c627af60ff899a3c9b74212899416aeb96ec764d2ef954537",
            "linux_arm64": "560da89aacf59389d4eb029730dd5b109b7288096c32f2726a0d9e783a5ea8eb",
        },
        platforms={"linux_amd64": "linux_amd64", "linux_arm64": "linux_arm64"},
    ),
    Tool(
        name="trivy",
        url=f"{_GITHUB}/aquasecurity/trivy/releases/download/v0.69.3/trivy_0.69.3_{{platform}}.tar.gz",
        sha256={
            "linux_amd64": "1816b632dfe529869c740c0913e36bd1629cb7688bd5634f4a858c1d57c88b75",
            "linux_arm64": "7e3924a974e912e57b4a99f65ece7931f8079584dae12eb7845024f97087bdfd",
        },
        platforms={"linux_amd64": "Linux-64bit", "linux_arm64": "Linux-ARM64"},
    ),
    Tool(
        name="terraform-docs",
        url=f"{_GITHUB}/terraform-docs/terraform-docs/releases/download/v0.20.0/terraform-docs-v0.20.0-{{platform}}.tar.gz",
        sha256={
            "linux_amd64": "34ae01772412bb11474e6718ea62113e38ff5964ee570a98c69fafe3a6dff286",
            "linux_arm64": "371b4ed983781d1efdd8f7de06264baac41b1d80927f7fd718c405a303d863a0",
        },
        platforms={"linux_amd64": "linux-amd64", "linux_arm64": "linux-arm64"},
    ),
)
