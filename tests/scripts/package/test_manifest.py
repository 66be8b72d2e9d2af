"""What Terraform is told of the handlers in a zip, and that it is told of that zip."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scripts.build.package.build import write
from scripts.build.package.manifest import MANIFEST, carried_by

if TYPE_CHECKING:
    from tests.scripts.package.conftest import Project

PATIENT = """\
import sys
from handlers import echo

print("of interest to nobody")
sys.path.clear()


class Registered:
    min_seconds = 7.5
    handle = echo.handle


HANDLERS = {"report": Registered(), "echo": echo.handle}
"""


def test_it_names_every_type_and_what_it_needs(project: Project) -> None:
    """A handler without settings needs no time of its own; what an import prints is left out."""
    project.write("handlers/__init__.py", PATIENT)
    beside = project.build().with_name(MANIFEST)

    assert json.loads(beside.read_text()) == {
        "echo": {"min_seconds": 0},
        "report": {"min_seconds": 7.5},
    }
    assert carried_by(project.output) == beside.read_bytes()


def test_a_zip_of_an_earlier_version_leaves_no_manifest_of_another(project: Project) -> None:
    """Terraform would hold the zip to what another zip needs."""
    beside = project.build().with_name(MANIFEST)
    assert beside.exists()

    write(project.output, b"a zip that carries none")

    assert not beside.exists()
