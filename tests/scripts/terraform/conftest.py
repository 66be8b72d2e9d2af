"""Surroundings in which nothing of the real machine is visible."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scripts.build.terraform.places import Places
from tests.scripts.web import Page, Web

if TYPE_CHECKING:
    from pathlib import Path

DISCOVERY = json.dumps({"providers.v1": "/v1/providers/"}).encode()
NOWHERE = "http://127.0.0.1:1/terraform.json"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Linux on x86-64, without a registry and without optional software."""
    return Places(
        tools=tmp_path / ".tools",
        registry=NOWHERE,
        optional_software=tmp_path / "opt",
        system="Linux",
        machine="x86_64",
    )


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A user's environment: an empty home, no Terraform on PATH, no shared data directories."""
    for name in ("home", "bin", "work"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return {
        "HOME": str(tmp_path / "home"),
        "PATH": str(tmp_path / "bin"),
        "XDG_DATA_DIRS": str(tmp_path / "share"),
    }


@pytest.fixture
def online(places: Places, web: Web) -> Places:
    """Surroundings with a registry that answers."""
    web.pages["/terraform.json"] = Page(DISCOVERY)
    return replace(places, registry=f"{web.url}/terraform.json")
