"""What `make bench` makes of its measurements; the measuring itself is never part of a test run."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

from scripts.cli import ROOT
from scripts.errors import OperatorError
from tests.bench.chart import chart, growth_chart
from tests.bench.instrument_log import Measured, Throttled, notes, summed
from tests.bench.rows import Results, Row, headline, rows, series
from tests.bench.stage import Load
from tests.bench.workers import NAIVE, PROJECT, WORKERS, environment, measured, product


def _line(begun: float, seconds: float, *, messages: int = 10, returned: int = 0) -> str:
    calls = {"dynamodb.UpdateItem": 20, "dynamodb.GetItem": 5, "sqs.DeleteMessageBatch": 1}
    note = {"begun": begun, "seconds": seconds, "messages": messages, "returned": returned}
    return "BENCH " + json.dumps({**note, "calls": calls, "peak_mb": 40.0 + begun})


def _results(billed: float) -> Results:
    def run(seconds: float) -> Measured:
        return Measured(seconds, 10 * seconds, 2, 0, 0, 50)

    runs = {w.name: run(billed if w is PROJECT else 0.05) for w in WORKERS}
    ratios = {worker.name: 1.0 for worker in WORKERS}
    sizes = {worker.name: 100 for worker in WORKERS}
    return Results(
        Load(),
        runs,
        imports=ratios,
        cpu=ratios,
        zip_bytes=sizes,
        throttled={name: Throttled(2 * billed, 0) for name in ratios},
        growth={10: ratios},
        batches={1: ratios},
    )


@pytest.mark.parametrize(
    "lines",
    [[_line(0, 1)], [_line(0, 1), _line(1, 1, returned=1)], [_line(0, 1)] * 3, []],
    ids=["lost", "returned", "twice", "silent"],
)
def test_a_run_that_did_not_do_its_work_counts_for_nothing(lines: list[str]) -> None:
    """Messages that were lost, returned or run twice make the figures an error."""
    with pytest.raises(OperatorError, match="would mean nothing"):
        notes(lines, 20)


def test_a_target_is_missed_by_what_the_table_shows() -> None:
    """Rounding decides: 0.214 shows as 0.21 and meets it, 0.216 shows as 0.22 and does not."""
    row = rows(_results(0.05 * 0.216))[0]
    assert row.missed
    assert "missed" in headline([row])
    assert not rows(_results(0.05 * 0.214))[0].missed


def test_a_figure_without_a_target_is_never_missed() -> None:
    """Peak memory and zip size are shown, not judged."""
    assert not Row("peak memory", {PROJECT.name: 99}).missed


def test_what_was_not_measured_has_no_row() -> None:
    """One part of the bench can be run alone."""
    results = Results(Load(), direct_units={PROJECT.name: 34.0})
    assert [row.label for row in rows(results)] == ["write units, 16 KB of input, direct"]
    assert rows(results)[0].missed


def test_a_lost_command_misses_a_target() -> None:
    """Throttling may cost time, in proportion to the peer's, and no command."""
    results = _results(0.01)
    results.throttled[PROJECT.name] = Throttled(0.02 * 1.3, 1)
    missed = [row.label for row in rows(results) if row.missed]
    assert missed == [
        "billed time / concurrent, 10 % throttled",
        "commands lost, 10 % throttled",
    ]


def test_a_run_is_summed_per_command() -> None:
    """Billed time and calls are averages of a command, wall time spans first to last."""
    run = summed(notes(["another line", _line(100, 0.5), _line(100.2, 0.7)], 20))
    assert run.billed == pytest.approx(1.2 / 20)
    assert run.wall == pytest.approx(0.9)
    assert (run.writes, run.reads, run.sqs) == (2, 0.5, 0.1)
    assert run.peak_mb == 140.2


def test_all_figures_are_in_the_table_and_in_the_chart() -> None:
    """Every worker has its column and its bars, and the chart is well-formed."""
    results = _results(0.01)
    found = rows(results)
    text = headline(found) + series("growth", "queued", results.growth)
    for drawn in (chart(found), growth_chart({"{} queued": results.growth})):
        assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314  our own text
        assert all(worker.name in drawn for worker in WORKERS)
    assert all(worker.name in text for worker in WORKERS)


def test_the_project_is_measured_as_it_ships() -> None:
    """Only the handlers are exchanged, and the instrument put around."""
    shipped, bench = product(PROJECT), measured(PROJECT)
    added = {name for name in bench if name.startswith("tests/")}
    exchanged = {name for name in {*shipped, *bench} if name.startswith("handlers/")}
    for name in shipped.keys() - exchanged:
        assert bench[name] == shipped[name]
    assert bench.keys() - shipped.keys() <= added | exchanged


def test_the_naive_worker_needs_no_library() -> None:
    """Its zip holds two files."""
    assert len(product(NAIVE)) == 2


def test_the_workers_get_the_variables_that_terraform_gives() -> None:
    """A variable that module `worker` sets is also set here."""
    main = (ROOT / "modules" / "worker" / "main.tf").read_text()
    [block] = re.findall(r"^locals \{(.*?)^\}", main, re.DOTALL | re.MULTILINE)
    names = set(re.findall(r"\b([A-Z][A-Z_]+)\s+=", block))
    assert {"TABLE_NAME", "RESULTS_BUCKET"} <= names
    assert names <= environment("commands", "http://queue").keys()
