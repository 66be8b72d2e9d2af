"""Judges all alarms every two seconds, by the metrics that there are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack_extensions.cloudwatch.emf import EmbeddedMetrics
from ministack_extensions.cloudwatch.queue_depth import QueueDepth
from ministack_extensions.cloudwatch.wire import TARGET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ministack_extensions.cloudwatch.api_meter import ApiMeter
    from ministack_extensions.cloudwatch.definition import Definition
    from ministack_extensions.upstream import Emulator

SECONDS = 2.0
LATE_SECONDS = 10
_PAGE = 100
_Seen = dict[str, dict[int, float]]


@dataclass
class Watch:
    """A task that runs while there are alarms; `definitions` are by region and name."""

    definitions: dict[tuple[str, str], Definition]
    meters: Sequence[ApiMeter]
    _emf: EmbeddedMetrics = field(default_factory=EmbeddedMetrics)
    _depth: QueueDepth = field(default_factory=QueueDepth)
    _task: asyncio.Task[None] | None = None

    def start(self, emulator: Emulator) -> None:
        """Watch, unless it does already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(emulator))

    async def _run(self, emulator: Emulator) -> None:
        with contextlib.ExitStack() as counting:
            for meter in self.meters:
                counting.enter_context(meter.counting())
            while self.definitions:
                try:
                    for region in {region for region, _ in self.definitions}:
                        await self._round(region, emulator)
                except Exception:  # a round that fails must not be the last one
                    logging.getLogger(__name__).exception("alarms were not judged")
                await asyncio.sleep(SECONDS)

    async def _round(self, region: str, emulator: Emulator) -> None:
        here = {name: one for (where, name), one in self.definitions.items() if where == region}
        stats = {stat for one in here.values() for stat in one.stats.values()}
        for meter in self.meters:
            await meter.publish(region, emulator)
        await self._depth.publish(region, stats, emulator)
        await self._emf.publish(region, emulator)
        now = int(time.time())
        states = await self._states(region, emulator)
        if not states:
            self.definitions.clear()  # the stack was reset
            return
        for name, one in here.items():
            current = states.get(name)
            if current is None:
                continue
            seen = await _values(one, now, region, emulator)
            # The minute that has just ended counts for a moment longer, or what came at its very
            # end would never be judged.
            windows = [_window(one, seen, moment) for moment in (now, now - LATE_SECONDS)]
            states_now = [one.state(window, current) for window in windows]
            state = "ALARM" if "ALARM" in states_now else states_now[0]
            if state != current:
                await _set(name, state, windows[0], region, emulator)

    @staticmethod
    async def _states(region: str, emulator: Emulator) -> dict[str, str]:
        found: dict[str, str] = {}
        asked: dict[str, Any] = {"MaxRecords": _PAGE}
        while True:
            target = f"{TARGET}.DescribeAlarms"
            answer = await emulator.json_api("monitoring", region, target, asked)
            if not answer.ok:
                raise RuntimeError(f"DescribeAlarms answered {answer.status}")
            page = answer.json()
            for alarm in page.get("MetricAlarms", ()):
                found[alarm["AlarmName"]] = alarm["StateValue"]
            if "NextToken" not in page:
                return found
            asked["NextToken"] = page["NextToken"]


def _window(one: Definition, seen: _Seen, now: int) -> list[dict[str, float]]:
    """The values of the last periods at that moment, newest first."""
    starts = [now // one.period * one.period - n * one.period for n in range(one.periods)]
    return [
        {query: values[start] for query, values in seen.items() if start in values}
        for start in starts
    ]


async def _values(one: Definition, now: int, region: str, emulator: Emulator) -> _Seen:
    wanted = {
        "MetricDataQueries": [stat.as_query(name, one.period) for name, stat in one.stats.items()],
        "StartTime": now // one.period * one.period - one.periods * one.period,
        "EndTime": now + 1,
    }
    target = f"{TARGET}.GetMetricData"
    answer = (await emulator.json_api("monitoring", region, target, wanted)).json()
    return {
        result["Id"]: dict(zip(result["Timestamps"], result["Values"], strict=True))
        for result in answer["MetricDataResults"]
    }


async def _set(
    name: str, state: str, periods: list[dict[str, float]], region: str, emulator: Emulator
) -> None:
    wanted = {
        "AlarmName": name,
        "StateValue": state,
        "StateReason": f"Judged by the metrics of the last periods, newest first: {periods}",
    }
    await emulator.json_api("monitoring", region, f"{TARGET}.SetAlarmState", wanted)
