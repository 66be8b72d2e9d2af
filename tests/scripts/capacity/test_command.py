"""`python -m scripts.capacity` as an operator meets it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from scripts.capacity import settings
from scripts.capacity.__main__ import main
from scripts.capacity.model import Sizes
from scripts.capacity.settings import ROOT, read_sizes
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--env", "nowhere"], 1, "environments/nowhere does not exist; environments: "),
        (["--payload", "much"], 2, "'much' is not a size; use, for example, 2KB"),
        (["--rate", "0"], 2, "no load given; pass --rate, --burst or both"),
        (["--rate", "-1"], 2, "Invalid value for '--rate'"),
        (["--rate", "nan"], 2, "'nan' is not a number; use, for example, 20"),
        (["--rate", "inf"], 2, "Invalid value for '--rate'"),
        (["--rate", "1e12"], 2, "Invalid value for '--rate'"),
        (["--work", "0"], 2, "Invalid value for '--work'"),
        (["--max-concurrency", "1"], 2, "Invalid value for '--max-concurrency'"),
        (["--plot", "/nowhere/at/all.svg"], 1, "No such file or directory"),
    ],
)
def test_a_bad_input_is_one_line(
    args: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong is said in one line, without a traceback."""
    assert main([*args, "--seconds", "10"]) == code
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert words in said
    assert said.count("\n") == 1


def test_a_number_that_is_none_is_an_error_with_its_place(tmp_path: Path) -> None:
    """A setting that Terraform would refuse is refused here too, by name."""
    home = tmp_path / "environments" / "odd"
    home.mkdir(parents=True)
    (home / "terraform.tfvars").write_text('worker_timeout = "soon"\n')
    with pytest.raises(OperatorError, match="worker_timeout in environments/odd is 'soon'"):
        read_sizes("odd", tmp_path)


def test_the_sizes_are_those_of_the_environment(tmp_path: Path) -> None:
    """terraform.tfvars wins over a default, and a default over ours."""
    home = tmp_path / "environments" / "big"
    home.mkdir(parents=True)
    (home / "variables_worker.tf").write_text(
        'variable "worker_timeout" {\n  type    = number\n  default = 45\n}\n\n'
        'variable "worker_memory_size" {\n  default = 512\n}\n'
    )
    (home / "terraform.tfvars").write_text(
        "worker_memory_size   = 1024 # more\n"
        'api = {\n  max_wait_seconds = 10\n  submission = "validated"\n'
        "  throttling = { requests_per_second = 30, burst = 60 }\n}\n"
    )
    sizes = read_sizes("big", tmp_path)
    assert (sizes.timeout_seconds, sizes.memory_mb) == (45, 1024)
    assert sizes.submission == "validated"
    assert (sizes.api_rate, sizes.api_burst) == (30, 60)
    assert sizes.batch_size == Sizes().batch_size


def test_who_is_told_is_part_of_the_sizes(tmp_path: Path) -> None:
    """An object turns on what null turns off."""
    home = tmp_path / "environments" / "told"
    home.mkdir(parents=True)
    (home / "terraform.tfvars").write_text(
        'notifications = {\n  events = "sns"\n  push = {}\n'
        '  webhooks = { secrets = ["key"], max_concurrency = 20 }\n}\n'
    )
    sizes = read_sizes("told", tmp_path)
    assert (sizes.events, sizes.push, sizes.webhooks) == ("sns", True, True)
    assert sizes.sender_concurrency == 20
    home.joinpath("terraform.tfvars").write_text("notifications = { push = null }\n")
    assert not read_sizes("told", tmp_path).listens


def test_every_setting_of_dev_is_found() -> None:
    """No variable that the model knows by name has been renamed in environments/dev."""
    text = "".join(path.read_text() for path in (ROOT / "environments/dev").glob("variables*.tf"))
    for name, _ in settings._VARIABLES.values():
        variable, *members = name.split(".")
        assert f'variable "{variable}"' in text
        assert all(re.search(rf"\b{member}\s*=", text) for member in members)


def test_the_answer_names_depth_drain_break_and_cost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One run answers all four questions and draws the queue twice."""
    plot = tmp_path / "queue.svg"
    args = ["--rate", "20", "--burst", "5000", "--work", "2", "--direct", "--plot", str(plot)]
    assert main(args) == 0
    said = capsys.readouterr().out
    for words in (
        "deepest queue",
        "longest wait",
        "queue empty after",
        "No limit is reached.",
        "total",
    ):
        assert words in said
    assert "█" in said
    assert ET.fromstring(plot.read_text()).tag.endswith("svg")  # noqa: S314  our own file


def test_the_write_units_of_both_ways_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """By the size of the input: the direct way never pays for it."""
    assert main(["--seconds", "10"]) == 0
    lines = capsys.readouterr().out.splitlines()
    units = {line.split()[0]: line.split()[1:] for line in lines[-2:]}
    assert units == {"direct": ["2"] * 4, "validated": ["7", "11", "23", "71"]}


def test_an_option_overrides_the_environment(capsys: pytest.CaptureFixture[str]) -> None:
    """More workers than the environment has take more."""
    assert main(["--max-concurrency", "20", "--work", "1", "--seconds", "10"]) == 0
    assert "20 batches of 10" in capsys.readouterr().out


def test_a_rate_bounds_the_throughput(capsys: pytest.CaptureFixture[str]) -> None:
    """A burst of 600 at ten a second takes a minute, however many workers there are."""
    args = ["--rate", "0", "--burst", "600", "--direct"]
    assert main([*args, "--limit", "10/s", "--max-concurrency", "50"]) == 0
    said = capsys.readouterr().out
    assert "throughput                     9.8 commands/s" in said
    assert "queue empty after              1.0 min" in said
    assert "DynamoDB, rate" in said


def test_what_is_no_rate_is_refused_with_one_that_is(capsys: pytest.CaptureFixture[str]) -> None:
    """By the words for HANDLERS."""
    assert main(["--limit", "10 a second"]) == 2
    assert '"10/s", "2.5/s" or "5/min"' in capsys.readouterr().err
