"""The bill of materials: valid, complete, and the same for the same zip."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scripts.build.package.requirements import read_pins
from scripts.build.sbom.__main__ import main
from scripts.build.sbom.bom import bill_of_materials
from scripts.build.sbom.pinned import Pinned, read_pinned
from scripts.errors import OperatorError
from tests.scripts.package.wheels import Fake

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).resolve().parents[3]
HASH = "ab" * 32


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real zip with its bill of materials beside it."""
    package = tmp_path_factory.mktemp("sbom") / "lambda.zip"
    assert main(["--package", str(package)]) == 0
    return package.with_suffix(".cdx.json")


@pytest.fixture(scope="module")
def document(written: Path) -> dict[str, Any]:
    """Its content."""
    content: dict[str, Any] = json.loads(written.read_text())
    return content


def complaint(text: str) -> object:
    """What CycloneDX's own schema has against a document; None where there is nothing."""
    # Its import builds 38 parsers of URLs, for which each collection of tests would wait.
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415

    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)


def test_it_is_valid(written: Path) -> None:
    """CycloneDX's own schema has nothing against it."""
    assert complaint(written.read_text()) is None


def test_it_names_what_is_in_the_zip(written: Path, document: dict[str, Any]) -> None:
    """Every distribution in the zip, in its pinned version, and no other."""
    with zipfile.ZipFile(written.with_name("lambda.zip")) as archive:
        inside = {
            name.partition(".dist-info/")[0].replace("_", "-").rpartition("-")[::2]
            for name in archive.namelist()
            if ".dist-info/" in name
        }

    assert {(it["name"], it["version"]) for it in document["components"]} == inside
    pins = read_pins(REPOSITORY / "src/requirements.txt")
    assert all(pins[it["name"]] == it["version"] for it in document["components"])


def test_every_part_has_hashes_licence_and_url(document: dict[str, Any]) -> None:
    """Whoever audits it needs to look up nothing else."""
    for part in document["components"]:
        assert part["hashes"]
        assert part["licenses"]
        assert part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}"


def test_it_belongs_to_one_zip(written: Path, document: dict[str, Any]) -> None:
    """The zip's own hash says which."""
    digest = hashlib.sha256(written.with_name("lambda.zip").read_bytes()).hexdigest()

    about = document["metadata"]["component"]
    assert about["version"] == digest
    assert about["hashes"] == [{"alg": "SHA-256", "content": digest}]


def test_the_same_bytes_under_other_circumstances(written: Path, tmp_path: Path) -> None:
    """Neither the time nor the hash seed leaves a trace."""
    package = tmp_path / "lambda.zip"
    environ = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati"}
    subprocess.run(
        [sys.executable, "-m", "scripts.build.sbom", "--package", package],
        cwd=REPOSITORY,
        env=environ,
        check=True,
        capture_output=True,
    )

    assert package.with_suffix(".cdx.json").read_bytes() == written.read_bytes()


def pinned(tmp_path: Path, lines: str, fakes: Sequence[Fake] = (Fake(),)) -> list[Pinned]:
    """Read a requirements.txt against some installed distributions."""
    for fake in fakes:
        fake.install(tmp_path / "site")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(lines)
    return read_pinned(requirements, [str(tmp_path / "site")])


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("acme==1.0\n", "acme 1.0 is pinned without a hash; run: make lock"),
        (f"acme==1.1 --hash=sha256:{HASH}\n", "acme 1.1 is pinned, 1.0 installed"),
        (f"other==1.0 --hash=sha256:{HASH}\n", "other 1.0 is pinned, nothing installed"),
    ],
)
def test_what_it_cannot_vouch_for_is_refused(tmp_path: Path, lines: str, words: str) -> None:
    """No hash, another version, or nothing there: the line says which."""
    with pytest.raises(OperatorError) as caught:
        pinned(tmp_path, lines)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("metadata", "license_"),
    [
        ("License-Expression: MIT OR Apache-2.0\nLicense: other\n", "MIT OR Apache-2.0"),
        ("License: BSD\n", "BSD"),
        ("Classifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("", None),
    ],
)
def test_the_licence_is_what_the_metadata_says(
    tmp_path: Path, metadata: str, license_: str | None
) -> None:
    """The newest way to say it comes first; a document with any of them is valid."""
    Fake().install(tmp_path / "site")
    with (tmp_path / "site/acme-1.0.dist-info/METADATA").open("a") as file:
        file.write(metadata)
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"acme==1.0 \\\n    --hash=sha256:{HASH}\n")
    (one,) = read_pinned(requirements, [str(tmp_path / "site")])
    package = tmp_path / "lambda.zip"
    package.write_bytes(b"zip")

    assert one.license == license_
    text = bill_of_materials(package, [one])
    assert complaint(text) is None
