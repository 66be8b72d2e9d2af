"""The drill itself: every alarm set off at once, and what was heard of each."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.drill.mailbox import subscribed
from scripts.drill.ways import Way, way_of
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scripts.drill.mailbox import Mailbox
    from scripts.target.target import Target

_PAUSE_SECONDS = 1.0
_PAGE = 100
_RUNBOOK = "docs/runbook.md"


@dataclass
class Ring:
    """One alarm of the drill; times are seconds since it was set off, None until then."""

    key: str
    way: Way
    alarm: Mapping[str, Any]
    began: float = 0.0
    heard: float | None = None
    over: float | None = None

    @property
    def name(self) -> str:
        """What the alarm is called."""
        return str(self.alarm["AlarmName"])

    @property
    def members(self) -> list[str]:
        """Names of the alarms that a composite alarm rings with; none for others."""
        return re.findall(r'ALARM\("([^"]+)"\)', self.alarm.get("AlarmRule", ""))

    @property
    def done(self) -> bool:
        """Whether both its beginning and its end were heard."""
        return self.heard is not None and self.over is not None


@dataclass(frozen=True)
class Drill:
    """A drill of one target; `tell` gets a line per event."""

    target: Target
    tell: Callable[[str], object]
    timeout: float
    states_only: bool = False

    @property
    def alarms(self) -> dict[str, str]:
        """Section of the runbook by the alarm's name."""
        return {name: key for key, name in self.target.outputs["alarm_names"].items()}

    def run(self, only: Iterable[str] = ()) -> list[Ring]:
        """Ring the alarms and wait until each is back to OK, or the time is up."""
        rings = self._rings(set(only))
        with subscribed(self.target) as mailbox, contextlib.ExitStack() as undo:
            undone: dict[str, contextlib.ExitStack] = {}
            for ring in rings:
                ring.began = time.monotonic()
                own = undo.enter_context(contextlib.ExitStack())
                own.callback(ring.way.do(self._target_of(ring.key), ring.alarm))
                undone[ring.name] = own
            self._listen(mailbox, {ring.name: ring for ring in rings}, undone)
        return rings

    def _target_of(self, key: str) -> Target:
        """The target of the queue that an alarm is about; its name ends in that of the queue."""
        return self.target.of_queue(self._parted(key)[1])

    def _listen(
        self,
        mailbox: Mailbox,
        rings: Mapping[str, Ring],
        undone: Mapping[str, contextlib.ExitStack],
    ) -> None:
        deadline = time.monotonic() + self.timeout
        while time.monotonic() < deadline and not all(ring.done for ring in rings.values()):
            for notification in mailbox.read():
                ring = rings.get(notification.alarm)
                if ring is None:
                    continue
                passed = time.monotonic() - ring.began
                if notification.state == "ALARM" and ring.heard is None:
                    ring.heard = passed
                    self.tell(f"  {ring.key}: in alarm after {passed:.0f} s")
                    undone[ring.name].close()
                elif notification.state == "OK" and ring.heard is not None and ring.over is None:
                    ring.over = passed
                    self.tell(f"  {ring.key}: back to OK after {passed:.0f} s")

    def _rings(self, only: set[str]) -> list[Ring]:
        by_name = self.alarms
        if unknown := sorted(only - set(by_name.values())):
            known = ", ".join(sorted(by_name.values()))
            raise OperatorError(f"unknown alarm: {', '.join(unknown)}; alarms: {known}")
        alarms = self._quiet(set(by_name))
        if absent := sorted(only - {by_name[name] for name in alarms}):
            raise OperatorError(
                f"{absent[0]} is already in alarm, which would hide the result of the test"
            )
        rings = [
            Ring(by_name[name], self._way_of(by_name[name]), alarm)
            for name, alarm in sorted(alarms.items())
            if not only or by_name[name] in only
        ]
        for ring in rings:
            members = {by_name[name] for name in ring.members if name in by_name}
            if members and members.isdisjoint(one.key for one in rings):
                raise OperatorError(
                    f"{ring.key} is a composite alarm; add one of its members, for example"
                    f" --only {min(members)}"
                )
        return sorted(rings, key=lambda ring: bool(ring.members))

    def _way_of(self, key: str) -> Way:
        return way_of(self._parted(key)[0], states_only=self.states_only)

    def _parted(self, key: str) -> tuple[str, str]:
        """The alarm's section of the runbook, and the queue that it is about."""
        for queue in self.target.queues:
            if key.endswith(f"-{queue}"):
                return key.removesuffix(f"-{queue}"), queue
        return key, "default"

    def _quiet(self, names: set[str]) -> dict[str, Mapping[str, Any]]:
        """All alarms once each is OK; a new one is so only after it was judged first.

        One that rings already proves nothing. On the local stack, where the demo leaves a
        dead-letter message by design, it is left out; on AWS somebody is at work on it.
        """
        deadline = time.monotonic() + self.timeout
        while True:
            alarms = self._described(names)
            if missing := sorted(names - set(alarms)):
                raise OperatorError(f"alarm {missing[0]} not found; apply the environment again")
            ringing = [name for name in sorted(alarms) if alarms[name]["StateValue"] == "ALARM"]
            if ringing and (not self.target.local or len(ringing) == len(alarms)):
                key = self.alarms[ringing[0]]
                raise OperatorError(
                    f"{ringing[0]} is already in alarm, which would hide the result of the test;"
                    f" see {_RUNBOOK}#{self._parted(key)[0]}"
                )
            for name in ringing:
                key = self.alarms[name]
                self.tell(f"  {key}: already in alarm, left out; see {self._remedy(key)}")
                del alarms[name]
                names = names - {name}
            new = [name for name, one in alarms.items() if one["StateValue"] != "OK"]
            if not new:
                return alarms
            if time.monotonic() > deadline:
                raise OperatorError(f"CloudWatch has not evaluated {min(new)} yet; try again")
            time.sleep(_PAUSE_SECONDS)

    def _remedy(self, key: str) -> str:
        section = self._parted(key)[0]
        if section == "dead-letter-messages":
            return f"{self._target_of(key).command('dlq', 'show')}, and purge"
        return f"{_RUNBOOK}#{section}"

    def _described(self, names: set[str]) -> dict[str, Mapping[str, Any]]:
        answer = self.target.client("cloudwatch").describe_alarms(
            AlarmNames=sorted(names),
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            MaxRecords=_PAGE,
        )
        found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
        return {alarm["AlarmName"]: alarm for alarm in found}
