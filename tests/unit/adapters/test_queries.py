"""Every field that a saved query names is in lines that are really logged."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from command_api import Registered
from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.adapters.cloudwatch.metrics import embedded_metrics
from command_api.domain.errors import Rejected, Retryable
from command_api.domain.retry import RetryPolicy
from command_api.usecases.batch import ProcessBatch
from command_api.usecases.pause import Pause
from command_api.usecases.process import ProcessMessage
from command_api.usecases.rates import Rates
from command_api.usecases.runtime import Runtime
from scripts.build.docs.queries import queries
from tests.builders import NOW, SECOND, fail, message
from tests.fakes.commands import InMemoryCommands, InMemoryQueue, InMemorySecrets
from tests.fakes.rates import InMemoryBuckets
from tests.unit.http.test_origin import TRACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[3]
# A logger of its own: those that other tests have made write to where they wrote.
SERVICE = "acme-queried-worker"
QUERIES = queries(ROOT)
GATEWAYS = {"api": "modules/http_api/main.tf", "rest_api": "modules/rest_api/main.tf"}
# What Logs Insights finds in every line, and in Lambda's own reports.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
ANY_LINE = {"@timestamp", "@message", "@log", "@logStream", "@ingestionTime"}
REPORTS = {"@type", "@requestId", "@duration", "@billedDuration", "@initDuration", "@maxMemoryUsed"}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
COMMANDS = {"fields", "filter", "stats", "sort", "limit", "dedup", "display"}
WORDS = {"and", "or", "not", "in", "like", "as", "by", "asc", "desc"}
FUNCTIONS = {"avg", "bin", "coalesce", "count", "ispresent", "latest", "max", "min", "pct", "sum"}


class Broken(InMemoryCommands):
    """A table that is away for one command."""

    def claim(self, submission: Any, attempt: Any) -> Any:
        """Claim, or trouble as botocore tells it."""
        if submission.id == "c-trouble":
            error = RuntimeError("away")
            error.response = {"Error": {"Code": "Throttled"}}  # type: ignore[attr-defined]
            error.operation_name = "UpdateItem"  # type: ignore[attr-defined]
            raise error
        return super().claim(submission, attempt)


@pytest.fixture
def lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[dict[str, Any]]]:
    """What a worker logs of commands of every outcome, with its logger and its metrics."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", SERVICE)
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")
    logger, store, queue = structured_logger(), Broken(), InMemoryQueue()
    errors = {"retry": Retryable("Later.", code="later"), "reject": Rejected("No.", code="no")}

    def handle(work: Mapping[str, Any], _context: Any) -> None:
        if kind := work.get("outcome"):
            fail(errors.get(kind, ValueError("x")))

    runtime = Runtime(
        store=store,
        queue=queue,
        secrets=InMemorySecrets(),
        handlers={"echo": handle, "rare": Registered(handle=handle, rate="1/h")},
        default_type="echo",
        policy=RetryPolicy(max_attempts=2),
        retention=timedelta(days=30),
        message_life=timedelta(days=4),
        logger=logger,
        clock=lambda: NOW,
        sleep=lambda _: None,
        measure=embedded_metrics("acme", SERVICE),
    )
    pause = Pause(types=(), runtime=runtime, seconds=240)
    process = ProcessMessage(runtime)
    rates = Rates(InMemoryBuckets(), process, pause)
    run = ProcessBatch(process=process, pause=pause, concurrency=1, rates=rates)
    for outcome in ("", "retry", "retry", "reject", "crash", "trouble"):
        body = json.dumps({"type": "echo", "input": {"outcome": outcome}})
        sent = message(body, command_id=f"c-{outcome}", sent_at=NOW - SECOND, trace=TRACE)
        run([sent], deadline=NOW + 60 * SECOND)
    run([message("no json", command_id="c-none")], deadline=NOW + 60 * SECOND)
    rare = [message('{"type": "rare"}', command_id=f"c-{n}", message_id=f"m-{n}") for n in range(2)]
    run(rare, deadline=NOW + 60 * SECOND)
    yield [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    logging.getLogger(SERVICE).handlers.clear()


def fields_of(query: str) -> set[str]:
    """The fields that a query reads: its names but for those that it gives itself."""
    text = re.sub(r'"[^"]*"|#[^\n]*', " ", query)
    given = set(re.findall(r"\bas\s+(\w+)", text))
    names = set(re.findall(r"@?[A-Za-z_]\w*", re.sub(r"\b\d+[a-z]\b", " ", text)))
    return names - given - COMMANDS - WORDS - FUNCTIONS


def messages_of(query: str) -> set[str]:
    """The texts that a query compares `message` with."""
    found = re.findall(r'message\s*(?:=\s*("[^"]*")|in\s*\[([^\]]*)\])', query)
    return {text for pair in found for one in pair for text in re.findall(r'"([^"]*)"', one)}


def access_log(path: str) -> set[str]:
    """The fields of a gateway's access log, as Terraform writes its format."""
    return set(re.findall(r'(\w+)\s*= "\$context\.', (ROOT / path).read_text()))


@pytest.mark.parametrize("place", QUERIES)
def test_a_query_asks_for_what_is_logged(place: str, lines: list[dict[str, Any]]) -> None:
    """Of functions by what they log here, of an API by its format."""
    logged = {name for line in lines for name in line} | ANY_LINE | REPORTS
    formats = [access_log(path) for path in GATEWAYS.values()]
    known = {"functions": logged, "api": ANY_LINE | set.union(*formats)}
    known["all"] = known["functions"] | known["api"]
    asked = fields_of(QUERIES[place])
    assert asked
    assert not asked - known[place.partition("/")[0]]


@pytest.mark.parametrize("place", [place for place in QUERIES if place.startswith("api/")])
def test_a_query_of_an_api_finds_something_in_both_kinds(place: str) -> None:
    """What only one of them logs stands beside what the other one does."""
    asked = fields_of(QUERIES[place]) - ANY_LINE
    for path in GATEWAYS.values():
        assert len(asked & access_log(path)) >= len(asked) - 1


def test_messages_are_as_they_are_logged(lines: list[dict[str, Any]]) -> None:
    """A query that looks for other words would find nothing, and look like good news."""
    said = {line.get("message") for line in lines}
    asked = {text for query in QUERIES.values() for text in messages_of(query)}
    assert len(asked) == 4
    assert asked <= said


def test_numbers_are_told_by_type_and_outcome(lines: list[dict[str, Any]]) -> None:
    """Each line of metrics names both, so that queries can tell all numbers by either."""
    measured = [line for line in lines if "_aws" in line]
    names = {"Duration", "Attempts", "CommandAge", "Wait", "Retries", "DeadLetterMessages"}
    assert names <= {name for line in measured for name in line}
    assert all(line["type"] and line["outcome"] for line in measured)


@pytest.mark.parametrize("place", QUERIES)
def test_a_query_can_be_saved(place: str) -> None:
    """It says what it is for, is made of commands that there are, and has a name of its own."""
    purpose, *rest = QUERIES[place].split("\n")
    assert purpose.startswith("# ")
    assert {line.removeprefix("| ").split()[0] for line in rest} <= COMMANDS
    assert len([other for other in QUERIES if other.endswith(f"/{place.split('/')[1]}")]) == 1
