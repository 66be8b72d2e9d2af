"""The workflows themselves: pinned, bounded, without a script in them, and calling what exists."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.scripts.ci.workflows import COMMANDS, JOBS, ROOT, RUNS, WORKFLOWS, load

if TYPE_CHECKING:
    from pathlib import Path

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
PERMISSIONS = {"contents", "id-token", "issues", "pull-requests"}
VARIABLE = re.compile(r'"?\$\{?([A-Z][A-Z0-9_]*)\}?"?')


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    """With the version beside it, for people and for Dependabot; our own by this very commit."""
    used = re.findall(r"uses: (.+)$", path.read_text(), re.MULTILINE)
    assert [it for it in used if not (PINNED.fullmatch(it) or it.startswith("$/.github/"))] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_one_commit(path: Path) -> None:
    """A version of an action is the same commit in every workflow."""
    pins = {
        action: pin
        for it in WORKFLOWS
        for action, pin in re.findall(r"uses: ([\w/-]+)@(.+)$", it.read_text(), re.MULTILINE)
    }
    for action, pin in re.findall(r"uses: ([\w/-]+)@(.+)$", path.read_text(), re.MULTILINE):
        assert pins[action] == pin


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_nothing_by_itself_and_runs_once_at_a_time(path: Path) -> None:
    """Permissions are each job's own, and there is a group for what must not overlap."""
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert {"group", "cancel-in-progress"} <= workflow["concurrency"].keys()
    assert "pull_request_target" not in workflow[True]


@pytest.mark.parametrize(("name", "job"), JOBS.items(), ids=[*JOBS])
def test_a_job_is_bounded(name: str, job: dict[str, Any]) -> None:
    """By time, and by permissions that it names; code of a pull request never gets both of two."""
    permissions = job["permissions"]
    assert permissions.keys() <= PERMISSIONS
    assert permissions["contents"] == "read"
    assert "uses" in job or 5 <= job["timeout-minutes"] <= 60
    if permissions.get("id-token"):
        assert "write" not in {permissions.get("issues"), permissions.get("pull-requests")}, name


@pytest.mark.parametrize(("name", "job"), JOBS.items(), ids=[*JOBS])
def test_no_credential_stays_on_the_disk(name: str, job: dict[str, Any]) -> None:
    """Checkouts keep no token, and there is no key of AWS, only OIDC."""
    for step in job.get("steps", ()):
        action, given = step.get("uses", "").partition("@")[0], step.get("with", {})
        if action == "actions/checkout":
            assert given["persist-credentials"] is False
        if action == "aws-actions/configure-aws-credentials":
            assert given.keys() == {"role-to-assume", "aws-region"}
            assert job["permissions"]["id-token"] == "write", name


@pytest.mark.parametrize(("name", "command", "environ"), RUNS)
def test_a_command_holds_no_expression(name: str, command: str, environ: dict[str, Any]) -> None:
    """What GitHub fills in comes by variables, quoted, so that no title becomes a script."""
    assert "${{" not in command, name
    assert "\n" not in command.strip(), "logic belongs into scripts/"
    for found in re.finditer(r"\$\S*", command):
        assert VARIABLE.fullmatch(command[found.start() - 1 : found.end()]), command
    used = set(re.findall(r"\$([A-Z0-9_]+)", command)) - {"GITHUB_REPOSITORY"}
    assert used <= environ.keys()


@functools.cache
def help_of(module: str, *path: str) -> str:
    """What a tool says of itself; it fails where there is no such subcommand."""
    command = [sys.executable, "-m", module, *path, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_a_target_or_a_tool_that_exists(command: str) -> None:
    """Every target is in the Makefile, and every tool knows its subcommand and its options."""
    program, *words = command.split()
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert words[0] in targets
        return
    assert (program, words[0]) == (".venv/bin/python", "-m")
    module = words[1]
    # Subcommands come before options and values.
    path = []
    for word in words[2:]:
        if not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        path.append(word)
    shown = help_of(module, *path)
    for option in (word for word in words if word.startswith("--")):
        assert option in shown


def test_forks_get_no_role() -> None:
    """A job that takes a role for a pull request asks first whether it is one of our own."""
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    asked = [
        name
        for name, job in JOBS.items()
        if name.startswith(("terraform/plan", "preview/")) and "id-token" in job["permissions"]
        if own in job["if"]
    ]
    assert asked == ["preview/deploy", "preview/destroy", "terraform/plan"]


def test_a_running_deployment_is_never_cut_off() -> None:
    """Only the checks of a pull request are; they change nothing."""
    for path in WORKFLOWS:
        cancel = load(path)["concurrency"]["cancel-in-progress"]
        wanted = "${{ github.event_name == 'pull_request' }}" if path.stem == "terraform" else False
        assert cancel == wanted
    deploy = load(ROOT / ".github/workflows/terraform.yml")["jobs"]["deploy"]
    assert deploy["concurrency"]["cancel-in-progress"] is False
    assert deploy["strategy"] == {
        "fail-fast": True,
        "max-parallel": 1,
        "matrix": {"include": "${{ fromJSON(needs.package.outputs.environments) }}"},
    }
    assert "github.ref == 'refs/heads/main'" in deploy["if"]
    assert set(deploy["needs"]) == {"validate", "security", "test", "emulator", "package"}


def test_only_the_reviewed_plan_is_applied_and_only_after_approval() -> None:
    """The job that applies is one of a GitHub environment, and gets both hashes by outputs."""
    apply = load(ROOT / ".github/workflows/deploy.yml")["jobs"]["apply"]
    assert apply["environment"] == "${{ inputs.environment }}"
    environ = apply["steps"][-1]["env"]
    assert environ["PLAN_SHA256"] == "${{ needs.plan.outputs.plan_sha256 }}"
    assert environ["PACKAGE_SHA256"] == "${{ inputs.package-sha256 }}"


def test_dependabot_looks_at_everything_that_is_pinned() -> None:
    """Each folder of requirements, of Terraform, and the actions; in groups, and not at once."""
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    places = {
        it["package-ecosystem"]: it.get("directories", [it.get("directory")]) for it in updates
    }
    found = {
        f"/{path.parent.relative_to(ROOT)}"
        for top in ("src", "scripts", "tests")
        for name in ("requirements.in", "pyproject.toml")
        for path in (ROOT / top).rglob(name)
    }
    assert set(places["pip"]) == found
    packages = {f"/{it.parent.relative_to(ROOT)}" for it in (ROOT / "src").glob("*/package.json")}
    assert set(places["npm"]) == packages
    assert places.keys() == {"pip", "npm", "github-actions", "terraform"}
    assert all(it["groups"] and it["cooldown"]["default-days"] >= 7 for it in updates)
