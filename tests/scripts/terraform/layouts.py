"""Provider mirrors on disk, and what a child of ours is told about them."""

from __future__ import annotations

from pathlib import Path

PROVIDER = Path("registry.terraform.io/hashicorp/aws")


def packed(directory: Path, platform: str = "linux_amd64") -> Path:
    """A mirror in packed layout."""
    home = directory / PROVIDER
    home.mkdir(parents=True)
    (home / f"terraform-provider-aws_5.100.0_{platform}.zip").touch()
    return directory


def unpacked(directory: Path, platform: str = "linux_amd64") -> Path:
    """A mirror in unpacked layout."""
    (directory / PROVIDER / "5.100.0" / platform).mkdir(parents=True)
    return directory


def snapshot(environ: dict[str, str]) -> dict[str, str]:
    """Everything in the user's home."""
    files = sorted(Path(environ["HOME"]).rglob("*"))
    return {str(path): path.read_text() if path.is_file() else "" for path in files}


def config_text(child: dict[str, str]) -> str:
    """The CLI configuration that a child is given."""
    return Path(child["TF_CLI_CONFIG_FILE"]).read_text()
