"""CloudWatch in all its protocols; metric alarms are kept here and judged by their own metrics.

AWS: the CloudWatch API reference (PutMetricAlarm, DescribeAlarms, PutMetricData). The emulator
keeps the states, tells the topics and judges composite alarms. It would judge metric alarms too,
but regardless of dimensions and without expressions, so it is not told their metrics.

What a user or a role's session signed is sent as it was signed first, so that the emulator can
judge signature and permissions. For the length of that call it knows the metric of a new alarm.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ministack_extensions.cloudwatch.definition import Definition, Refused, defined
from ministack_extensions.cloudwatch.watch import Watch
from ministack_extensions.cloudwatch.wire import Call, is_cloudwatch, read
from ministack_extensions.upstream import signature_is_checked, signed_for

if TYPE_CHECKING:
    from ministack_extensions.cloudwatch.api_meter import ApiMeter
    from ministack_extensions.http import Request, Response
    from ministack_extensions.upstream import Emulator

_HIDDEN = ("Namespace", "MetricName", "Metrics", "Dimensions", "Statistic", "ExtendedStatistic")
# What the emulator knows better than whoever defined the alarm.
_ITS_OWN = (
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "StateReason",
    "StateReasonData",
    "StateUpdatedTimestamp",
    "StateValue",
)
_READS = ("Describe", "Get", "List")
_RESERVED = "AWS/"
_BAD = 400


class Alarms:
    """Every call to CloudWatch."""

    def __init__(self, *meters: ApiMeter) -> None:
        self._definitions: dict[tuple[str, str], Definition] = {}
        self._watch = Watch(self._definitions, meters)

    def matches(self, request: Request) -> bool:
        """Every call to CloudWatch, whatever the protocol."""
        return is_cloudwatch(request)

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The answer, in the protocol of the question."""
        call = read(request)
        if not call.known:
            return await emulator.call(request)
        region = signed_for(request)[0]
        match call.operation:
            case "PutMetricAlarm":
                return await self._put(call, region, emulator)
            case "PutMetricData" if call.parameters.get("Namespace", "").startswith(_RESERVED):
                message = "The value AWS/ for parameter Namespace is invalid."
                return call.error(_BAD, "InvalidParameterValue", message)
        answer = await self._ask(call, region, emulator)
        if answer.ok and call.operation == "DeleteAlarms":
            for name in call.parameters.get("AlarmNames", ()):
                self._definitions.pop((region, name), None)
        return answer

    async def _put(self, call: Call, region: str, emulator: Emulator) -> Response:
        try:
            definition = defined(call.parameters)
        except Refused as error:
            return call.error(_BAD, "ValidationError", str(error))
        hidden = call.with_parameters(**dict.fromkeys(_HIDDEN)).in_json()
        if _judged_as_signed(call):
            judged = await emulator.call(call.request)
            if not judged.ok:
                return judged
            hidden = emulator.signed("monitoring", region, hidden)
        response = await emulator.call(hidden)
        if response.ok:
            self._definitions[region, call.parameters["AlarmName"]] = definition
            self._watch.start(emulator)
        return call.answer(response)

    async def _ask(self, call: Call, region: str, emulator: Emulator) -> Response:
        asked = call.in_json()
        if _judged_as_signed(call):
            judged = await emulator.call(call.request)
            # What changes something has done so, and must not do it twice.
            if not judged.ok or not call.operation.startswith(_READS):
                return judged
            asked = emulator.signed("monitoring", region, asked)
        response = await emulator.call(asked)
        if response.ok and call.operation == "DescribeAlarms":
            response = self._complete(response, region)
        return call.answer(response)

    def _complete(self, response: Response, region: str) -> Response:
        document = response.json()
        document["MetricAlarms"] = [
            self._shown(alarm, region) for alarm in document.get("MetricAlarms", ())
        ]
        return replace(response, body=json.dumps(document).encode())

    def _shown(self, alarm: dict[str, Any], region: str) -> dict[str, Any]:
        definition = self._definitions.get((region, alarm["AlarmName"]))
        if definition is None:
            return alarm
        written = {k: v for k, v in definition.parameters.items() if k != "Tags"}
        enabled = alarm.get("ActionsEnabled", True)
        own = {name: alarm[name] for name in _ITS_OWN if name in alarm}
        return {**written, "ActionsEnabled": enabled, **own}


def _judged_as_signed(call: Call) -> bool:
    # Of a body in CBOR the emulator reads nothing and would make an alarm without a name.
    return call.protocol != "cbor" and signature_is_checked(call.request)
