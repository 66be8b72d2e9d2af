"""What users keep for Terraform stays theirs and keeps working."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.providers import provider_environment
from tests.scripts.terraform.layouts import config_text, packed, snapshot

if TYPE_CHECKING:
    from scripts.build.terraform.places import Places


SIGN_INS = {
    "credentials": {"app.terraform.io": {"token": "t1"}, "tf.my-company.com": {"token": "t2"}}
}


def test_sign_ins_survive_a_generated_configuration(
    environ: dict[str, str], places: Places, tmp_path: Path
) -> None:
    """`terraform login` keeps working in our child processes, and no token is written to disk."""
    home = Path(environ["HOME"])
    (home / ".terraform.d").mkdir()
    (home / ".terraform.d/credentials.tfrc.json").write_text(json.dumps(SIGN_INS))
    packed(tmp_path / "opt")
    before = snapshot(environ)
    child = provider_environment({**environ, "TF_TOKEN_app_terraform_io": "mine"}, places=places)
    assert child["TF_TOKEN_tf_my__company_com"] == "t2"
    assert child["TF_TOKEN_app_terraform_io"] == "mine"
    assert "t2" not in config_text(child)
    assert snapshot(environ) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('credentials "a.example.com" {\n  token = "t"\n}\n', {"TF_TOKEN_a_example_com": "t"}),
        ('# credentials "a.example.com" { token = "t" }', {}),
        (
            'provider_installation {\n  direct {}\n}\ncredentials "b.c" { token="u" }',
            {"TF_TOKEN_b_c": "u"},
        ),
    ],
)
def test_tokens_of_a_configuration_survive_an_explicit_mirror(
    text: str, expected: dict[str, str], environ: dict[str, str], places: Places, tmp_path: Path
) -> None:
    """The mirror replaces the user's configuration, not the user's sign-ins."""
    (Path(environ["HOME"]) / ".terraformrc").write_text(text)
    environ["TF_PROVIDER_MIRROR"] = str(packed(tmp_path / "mirror"))
    child = provider_environment(environ, places=places)
    assert {name: value for name, value in child.items() if "TOKEN" in name} == expected


@pytest.mark.parametrize("content", [b"\xff\xfe", b"nonsense", b"[]", b'{"credentials": {"a": 1}}'])
def test_damaged_sign_ins_do_no_harm(
    content: bytes, environ: dict[str, str], places: Places, tmp_path: Path
) -> None:
    """Whatever Terraform would say to such a file, it is not ours to fail on."""
    file = Path(environ["HOME"]) / ".terraform.d/credentials.tfrc.json"
    file.parent.mkdir()
    file.write_bytes(content)
    packed(tmp_path / "opt")
    assert "TF_CLI_CONFIG_FILE" in provider_environment(environ, places=places)
