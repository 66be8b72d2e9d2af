"""The bill: linear in commands, in steps of what each service meters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.capacity import limits
from scripts.capacity.cost import month
from scripts.capacity.model import DIRECT, VALIDATED, Load, Sizes, write_units

SIZES = Sizes()
POLLING = "SQS, polling an idle queue"


def test_nothing_arrives_and_only_the_polling_costs() -> None:
    """An idle environment pays for Lambda's long polling alone."""
    bill = month(Load(), SIZES)
    assert bill.total == bill.items[POLLING] < 1


@pytest.mark.parametrize("factor", [2, 10, 1000])
def test_the_cost_is_linear_in_the_commands(factor: int) -> None:
    """So many times the rate costs so many times as much, the polling aside."""
    one = month(Load(rate=0.5), SIZES)
    more = month(Load(rate=0.5 * factor), SIZES)
    assert more.total - more.items[POLLING] == pytest.approx(
        factor * (one.total - one.items[POLLING])
    )


def test_a_million_bursts_of_one_cost_what_the_price_lists_say() -> None:
    """Every line by hand, for a million commands that fill their batches."""
    sizes = replace(SIZES, overhead_seconds=0)
    bill = month(Load(burst=1_000_000, work_seconds=0.05, payload_bytes=400), sizes, bursts=1)
    assert bill.commands == 1_000_000
    assert bill.items["API Gateway"] == pytest.approx(2.00)
    assert bill.items["SQS"] == pytest.approx((1 + 0.1 + 0.1) * 0.40)
    assert bill.items["DynamoDB, writes"] == pytest.approx(2 * 0.625)
    assert bill.items["DynamoDB, reads"] == pytest.approx(0.5 * 0.125)
    worker = 100_000 * (0.20e-6 + 0.05 * 0.25 * 13.3334e-6)
    assert bill.items["Lambda, worker"] == pytest.approx(worker)


@pytest.mark.parametrize(
    ("kind", "name", "price"), [("eventbridge", "EventBridge", 1.00), ("sns", "SNS", 0.50)]
)
def test_a_million_events_cost_what_the_price_lists_say(kind: str, name: str, price: float) -> None:
    """And an invocation of the notifier for each at low rates; nothing where events are off."""
    off = month(Load(rate=0.01), SIZES)
    bill = month(Load(rate=0.01), replace(SIZES, events=kind))
    assert bill.items[name] * 1e6 / bill.commands == pytest.approx(price)
    invocations = bill.commands * (0.20e-6 + 0.05 * 0.25 * 13.3334e-6)
    assert bill.items["Lambda, notifier"] == pytest.approx(invocations)
    assert bill.items.keys() - off.items.keys() == {name, "Lambda, notifier"}
    assert all(off.items[it] == bill.items[it] for it in off.items)


@pytest.mark.parametrize("payload", [1, 16 * 1024, 256 * 1024])
def test_the_direct_way_writes_no_input(payload: int) -> None:
    """The message carries it: one unit to claim, one to finish."""
    assert write_units(Load(payload_bytes=payload), DIRECT) == 2


@pytest.mark.parametrize(
    ("payload", "units"),
    [(256, 6), (257, 7), (1024 - 100, 7), (1025 - 100, 8), (4096, 11), (16 * 1024, 23)],
)
def test_the_validated_way_writes_the_input_once(payload: int, units: int) -> None:
    """Four writes and two index entries; above 256 bytes a unit for each KB of the input's item."""
    assert write_units(Load(payload_bytes=payload), VALIDATED) == units


@pytest.mark.parametrize(("result", "units"), [(424, 2), (425, 3), (10_240, 12), (300_000, 2)])
def test_only_the_last_write_pays_for_the_result(result: int, units: int) -> None:
    """And none for one that is in S3."""
    assert write_units(Load(result_bytes=result), DIRECT) == units


def test_a_validated_environment_pays_for_its_function_and_its_writes() -> None:
    """Nothing else differs in the bill."""
    load, validated = Load(burst=1_000_000, payload_bytes=200), replace(SIZES, submission=VALIDATED)
    one, other = (month(load, sizes, bursts=1).items for sizes in (SIZES, validated))
    more = {name: value - one.get(name, 0) for name, value in other.items()}
    assert more.pop("Lambda, submit") == pytest.approx(0.20 + 1e6 * 0.05 * 0.25 * 13.3334e-6)
    assert more.pop("DynamoDB, writes") == pytest.approx(4 * 0.625)
    assert set(more.values()) == {0}


def test_the_second_64_kilobytes_of_a_message_are_another_request() -> None:
    """SQS counts a message of 64 KB plus a byte twice."""
    small = month(Load(burst=1000, payload_bytes=limits.SQS_BYTES), SIZES, bursts=1)
    large = month(Load(burst=1000, payload_bytes=limits.SQS_BYTES + 1), SIZES, bursts=1)
    assert large.items["SQS"] - small.items["SQS"] == pytest.approx(
        (1000 + 100) * limits.SQS_REQUEST
    )


def test_a_larger_batch_makes_the_worker_cheaper() -> None:
    """A burst in batches of ten bills a tenth of the time that batches of one do."""
    load = Load(burst=1000)
    alone = month(load, replace(SIZES, batch_size=1), bursts=1).items["Lambda, worker"]
    together = month(load, SIZES, bursts=1).items["Lambda, worker"]
    assert together == pytest.approx(alone / 10)


def test_a_million_webhooks_cost_what_the_price_lists_say() -> None:
    """A message, a run and a record of each, and the notifier."""
    load, sizes = Load(rate=0.01), replace(SIZES, overhead_seconds=0)
    bill = month(load, replace(sizes, webhooks=True))
    delivery = 3 * 0.40e-6 + (0.20e-6 + 0.15 * 0.25 * 13.3334e-6) + 6 * 0.625e-6
    assert bill.items["webhooks"] == pytest.approx(bill.commands * delivery)
    assert bill.items.keys() - month(load, sizes).items.keys() == {"webhooks", "Lambda, notifier"}


@pytest.mark.parametrize(("submission", "changes"), [(DIRECT, 2), (VALIDATED, 4)])
def test_a_million_watched_commands_cost_what_the_price_lists_say(
    submission: str, changes: int
) -> None:
    """Messages both ways, a call, a watch, and a query for each change that the stream has."""
    sizes = replace(SIZES, push=True, submission=submission)
    bill = month(Load(rate=0.01), sizes)
    function = 0.20e-6 + 0.05 * 0.25 * 13.3334e-6
    watch = 3 * 0.625e-6 + (1 + changes) * 0.125e-6
    one = (2 + changes) * 1.00e-6 + function + watch
    assert bill.items["push"] == pytest.approx(bill.commands * one)
    assert bill.items["Lambda, notifier"] == pytest.approx(bill.commands * changes * function)


def test_a_rate_costs_a_fifth_of_a_write_unit_and_what_waits_for_it() -> None:
    """A burst of 36,000 at ten a second is half an hour on average: two copies of each command."""
    load = Load(burst=36_000)
    off, on = (month(load, replace(SIZES, start_rate=one), bursts=1) for one in (None, 10.0))
    more = {name: cost for name, cost in on.items.items() if off.items.get(name) != cost}
    assert more == {
        "DynamoDB, rate": pytest.approx(36_000 * 0.2 * 0.625e-6),
        "SQS, waits for the rate": pytest.approx(36_000 * 2 * 3 * 0.40e-6),
    }


def test_members_of_batches_are_counted_by_the_second() -> None:
    """At a low rate each beginning and each end is a run and a write; a burst fills the runs."""
    sizes, run = replace(SIZES, batches=True), 0.20e-6 + 0.05 * 0.25 * 13.3334e-6 + 0.625e-6
    seldom, often = month(Load(rate=0.01), sizes), month(Load(rate=20), sizes)
    assert seldom.items["batch counter"] == pytest.approx(seldom.commands * 2 * run)
    assert often.items["batch counter"] == pytest.approx(often.commands / 20 * run)
    burst = month(Load(burst=1_000_000), sizes, bursts=1)
    assert burst.items["batch counter"] == pytest.approx(2000 * run)
    assert "batch counter" not in month(Load(rate=20), SIZES).items
