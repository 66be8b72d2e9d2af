"""Ctrl-C while probes run: what they created is removed first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.scripts.interrupted.process import interrupt, later, started, wait_for

if TYPE_CHECKING:
    from pathlib import Path

# Three probes that wait: one has created something, one creates it right now.
PROVING = """
import pathlib, sys, time
from scripts.prove import __main__ as tool
from scripts.prove.assumption import assumed
from scripts.target import options
from tests.targets import target

folder = pathlib.Path(sys.argv[1])

def made(scene, name, seconds):
    def create():
        (folder / name).touch()
        time.sleep(seconds)
    scene.temporary.make(name, create, (folder / name).unlink)
    scene.pause(60)
    return ""

@assumed("-", means="-", plan_b="-")
def has_created(scene):
    return made(scene, "one", 0)

@assumed("-", means="-", plan_b="-")
def creates(scene):
    return made(scene, "other", 1.5)

@assumed("-", means="-", plan_b="-")
def shares(scene):
    return scene.shared(lambda common: made(common, "common", 0))

options.of_folder = lambda name: target({"commands_endpoint": "https://api.example.com"})
tool.ASSUMPTIONS = (has_created, creates, shares)
sys.exit(tool.main(["--env", "dev"]))
"""


def test_everything_temporary_is_removed(tmp_path: Path) -> None:
    """Also what is being created at that moment, and what probes share."""
    with started("-c", PROVING, str(tmp_path)) as process:
        wait_for(process, lambda: len([*tmp_path.iterdir()]) == 3)
        later()
        ended = interrupt(process)
    assert (ended.code, ended.out) == (130, ""), ended
    assert "Traceback" not in ended.err
    assert [*tmp_path.iterdir()] == []
