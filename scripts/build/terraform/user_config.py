"""The user's own Terraform set-up: read, respected, never written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# https://developer.hashicorp.com/terraform/cli/config/config-file
CONFIG_VARIABLE = "TF_CLI_CONFIG_FILE"
_SIGN_INS = "credentials.tfrc.json"  # what `terraform login` writes
_CREDENTIALS_BLOCK = re.compile(
    r'^\s*credentials\s+"(?P<host>[^"]+)"\s*\{[^}]*?\btoken\s*=\s*"(?P<token>[^"]+)"', re.MULTILINE
)


def without_missing_config(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without a ``TF_CLI_CONFIG_FILE`` that names no file."""
    child = dict(environ)
    if not Path(child.get(CONFIG_VARIABLE, "")).is_file():
        child.pop(CONFIG_VARIABLE, None)
    return child


def home(environ: Mapping[str, str]) -> Path:
    """Return the user's home directory as Terraform sees it."""
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def has_config(environ: Mapping[str, str]) -> bool:
    """Whether the user wrote a CLI configuration, which decides about providers then."""
    return any(path.name != _SIGN_INS for path in _config_files(environ))


def tokens(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the user's sign-ins as ``TF_TOKEN_...`` variables.

    A generated CLI configuration hides the user's; the variables keep their sign-ins working in our
    child processes without a copy of a token on disk.
    """
    found: dict[str, str] = {}
    for path in _config_files(environ):
        for host, token in _credentials(path):
            # https://developer.hashicorp.com/terraform/cli/config/config-file#environment-variable-credentials
            variable = "TF_TOKEN_" + host.replace("-", "__").replace(".", "_")
            found[variable] = token
    return {name: token for name, token in found.items() if name not in environ}


def _config_files(environ: Mapping[str, str]) -> Iterator[Path]:
    if named := environ.get(CONFIG_VARIABLE):
        yield from (path for path in [Path(named)] if path.is_file())
        return
    candidates = [home(environ) / ".terraformrc", *(home(environ) / ".terraform.d").glob("*.tfrc*")]
    for path in sorted(candidates):
        if path.is_file() and path.name.endswith((".terraformrc", ".tfrc", ".tfrc.json")):
            yield path


def _credentials(path: Path) -> Iterator[tuple[str, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return  # Terraform itself will complain, if it minds
    if path.suffix != ".json":
        yield from ((match["host"], match["token"]) for match in _CREDENTIALS_BLOCK.finditer(text))
        return
    try:
        hosts: dict[str, Any] = json.loads(text).get("credentials", {})
        yield from ((host, str(entry["token"])) for host, entry in hosts.items())
    except (ValueError, AttributeError, KeyError, TypeError):
        return
