"""Environments: recommended sizes, copying, and what a forgotten step says."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import hcl2
import pytest

from scripts.build.docs.configuration import assigned, inputs
from tests.infra.tree import ROOT, terraform_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scripts.build.terraform.runner import Terraform

DAY = 86400
SIZES = (
    "worker_memory_size",
    "worker_timeout",
    "worker_max_concurrency",
    "sqs_retention_seconds",
    "dlq_retention_seconds",
    "sqs_max_receive_count",
    "log_retention_days",
)
RECOMMENDED = {
    "dev": (256, 30, 10, 1 * DAY, 7 * DAY, 3, 7),
    "staging": (512, 60, 50, 7 * DAY, 14 * DAY, 3, 30),
    "prod": (1024, 120, 100, 4 * DAY, 14 * DAY, 5, 90),
}
# What of these must not be the same everywhere; the plan of each copy has to say so.
SETTINGS = {
    "staging": """
      !module.data.deletion_protection && module.data.results_force_destroy &&
      module.secrets.recovery_window_days == 0 &&
      module.worker.environment.DEMO_HANDLERS == "false" &&
      !contains(module.worker.grants, "orders") && length(var.routes) == 0 &&
      contains(module.worker.grants, "tracing") &&
      var.log_retention_days == 30 && module.worker.environment.POWERTOOLS_LOG_LEVEL == "INFO"
    """,
    "prod": """
      module.data.deletion_protection && !module.data.results_force_destroy &&
      var.commands.point_in_time_recovery && module.secrets.recovery_window_days == 30 &&
      module.worker.environment.DEMO_HANDLERS == "false" &&
      !contains(module.worker.grants, "orders") && length(var.routes) == 0 &&
      contains(module.worker.grants, "tracing") &&
      var.log_retention_days == 90 && module.worker.environment.POWERTOOLS_LOG_LEVEL == "INFO"
    """,
}
ASSERTION = """
  assert {
    condition     = (%s)
    error_message = "data is kept in prod, and only there"
  }
}
"""
STEPS = re.compile(r"<!-- steps:copy -->\n```sh\n(.*?)```", re.DOTALL)


def plan(terraform: Terraform) -> subprocess.CompletedProcess[str]:
    """Plan against mocks, with the values that the environment would be applied with."""
    return terraform.run("test", "-no-color", "-filter=tests/sizes.tftest.hcl", check=False)


@pytest.mark.long
def test_plan_without_the_package_says_which_command_makes_it(own_tree: Path) -> None:
    """Given no Lambda zip, the plan names `make package`."""
    (own_tree / "build" / "lambda.zip").unlink()

    result = plan(terraform_in(own_tree / "environments/dev"))

    assert result.returncode == 1
    assert "run: make package" in result.stdout + result.stderr


@pytest.mark.parametrize(("environment", "sizes"), RECOMMENDED.items())
def test_examples_hold_the_recommended_sizes(environment: str, sizes: tuple[int, ...]) -> None:
    """The example files say what the README recommends."""
    text = (ROOT / f"environments/dev/examples/{environment}.tfvars").read_text()
    values = hcl2.loads(text)

    assert values["environment"].strip('"') == environment
    assert tuple(values[name] for name in SIZES) == sizes


@pytest.mark.parametrize("environment", [pytest.param("staging", marks=pytest.mark.long), "prod"])
def test_copy_of_dev_plans(own_tree: Path, environment: str) -> None:
    """Given dev with state and backend, the README's steps make an environment of its own.

    It plans with the sizes that are recommended for it, and with its own protection of data: this
    is how staging and production are planned before anybody has them.
    """
    dev, copy = own_tree / "environments/dev", own_tree / "environments" / environment
    (dev / "terraform.tfstate").write_text("dev's state")
    (dev / "backend.tf").write_text("dev's backend")
    steps = STEPS.search((ROOT / "environments/dev/README.md").read_text())
    assert steps, "environments/dev/README.md has no steps between its markers"

    script = steps[1].replace("staging", environment)
    subprocess.run(["sh", "-eu", "-c", script], cwd=own_tree, check=True)

    assert not (copy / "terraform.tfstate").exists()
    assert different(dev, copy) == {"terraform.tfvars", "backend.tf", "terraform.tfstate"}
    assert f"/{environment}/terraform.tfstate" in (copy / "backend.tf").read_text()
    # Beside the assertions on its sizes, since a plan takes seconds.
    sizes = copy / "tests/sizes.tftest.hcl"
    run = sizes.read_text().rstrip()
    assert run.endswith("\n}")
    sizes.write_text(run.removesuffix("}") + ASSERTION % SETTINGS[environment])
    result = plan(terraform_in(copy))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout


VALUES = [
    *ROOT.glob("environments/*/terraform.tfvars"),
    *ROOT.glob("environments/*/examples/*.tfvars"),
]


@pytest.mark.parametrize("path", VALUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_dead_letter_message_outlives_the_queue_by_days(path: Path) -> None:
    """SQS counts its age from the first send, so equal retentions may leave it no time at all."""
    values = assigned(path)
    if "dlq_retention_seconds" in values:
        rest = values["dlq_retention_seconds"] - values["sqs_retention_seconds"]
        assert rest >= 3 * 24 * 3600


@pytest.mark.parametrize("path", VALUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_value_is_misspelt(path: Path) -> None:
    """Terraform only warns of an unknown variable, and drops an unknown member without a word."""
    folder = next(it for it in path.parents if it.parent.name == "environments")
    types = {it.name: it.type for it in inputs(folder)}

    values = assigned(path)

    assert values.keys() <= types.keys()
    for name, value in values.items():
        if types[name].startswith("object("):
            assert set(members(value)) <= set(re.findall(r"(\w+) = ", types[name])), name


def members(value: object) -> Iterator[str]:
    """Names of all members within an object; the keys of thresholds have a rule of their own."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            # The keys of queues and schedules are names that an environment chooses.
            for one in inner.values() if name in ("queues", "schedules") else [inner]:
                yield from members(one) if name != "thresholds" else ()


def different(one: Path, other: Path) -> set[str]:
    """Files that are not the same in both folders, or are in one of them only."""
    contents = [
        {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and ".terraform" not in path.parts
        }
        for folder in (one, other)
    ]
    names = contents[0].keys() | contents[1].keys()
    return {name for name in names if contents[0].get(name) != contents[1].get(name)}


def test_lock_file_knows_every_platform() -> None:
    """The committed lock file lets macOS and Linux users in, on both processors."""
    lock = (ROOT / "environments/dev/.terraform.lock.hcl").read_text()

    assert 'constraints = ">= 5.100.0, < 7.0.0"' in lock
    assert lock.count('"zh:') >= 14
