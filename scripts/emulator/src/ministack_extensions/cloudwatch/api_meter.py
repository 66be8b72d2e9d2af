"""AWS/ApiGateway: requests, errors and latency of APIs.

AWS: "Monitor CloudWatch metrics for HTTP APIs" (http-api-metrics.html), by API, and "Amazon API
Gateway dimensions and metrics" (api-gateway-metrics-and-dimensions.html), by name and stage. The
integration's own latency, routes and methods are left out.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ministack_extensions.apigateway.address import address
from ministack_extensions.cloudwatch.wire import TARGET
from ministack_extensions.http import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ministack_extensions.extension import Extension
    from ministack_extensions.http import Response
    from ministack_extensions.upstream import Emulator

NAMESPACE = "AWS/ApiGateway"
_Answers = dict[tuple[str, str], list[tuple[int, float]]]


@dataclass
class ApiMeter:
    """Counts what an extension answers while somebody looks at it; `rest`: of REST APIs."""

    inner: Extension
    rest: bool = False
    _looked_at: bool = False
    _answers: _Answers = field(default_factory=lambda: defaultdict(list))

    def matches(self, request: Request) -> bool:
        """What the extension answers."""
        return self.inner.matches(request)

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The extension's answer."""
        started = time.perf_counter()
        response = await self.inner.handle(request, emulator)
        if self._looked_at and (found := address(request)):
            milliseconds = (time.perf_counter() - started) * 1000
            stage = found[1].lstrip("/").partition("/")[0] if self.rest else ""
            self._answers[found[0], stage].append((response.status, milliseconds))
        return response

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count for as long as this lasts."""
        self._looked_at = True
        try:
            yield
        finally:
            self._looked_at = False
            self._answers.clear()

    async def publish(self, region: str, emulator: Emulator) -> None:
        """Everything since the last time."""
        answers, self._answers = self._answers, defaultdict(list)
        for (api_id, stage), of_api in answers.items():
            dimensions = {"ApiId": api_id}
            if self.rest:
                dimensions = {"ApiName": await _name(api_id, region, emulator), "Stage": stage}
            document = {"Namespace": NAMESPACE, "MetricData": self._data(of_api, dimensions)}
            await emulator.json_api("monitoring", region, f"{TARGET}.PutMetricData", document)

    def _data(
        self, answers: list[tuple[int, float]], dimensions: dict[str, str]
    ) -> list[dict[str, Any]]:
        client, server = HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR
        series = {
            "Count": [1.0 for _ in answers],
            "4XXError" if self.rest else "4xx": [float(client <= it < server) for it, _ in answers],
            "5XXError" if self.rest else "5xx": [float(it >= server) for it, _ in answers],
            "Latency": [latency for _, latency in answers],
        }
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        return [
            {
                "MetricName": name,
                "Dimensions": named,
                "Values": values,
                "Unit": "Milliseconds" if name == "Latency" else "Count",
            }
            for name, values in series.items()
        ]


async def _name(api_id: str, region: str, emulator: Emulator) -> str:
    asked = Request("GET", f"/restapis/{api_id}")
    answer = await emulator.call(emulator.signed("apigateway", region, asked))
    return str(answer.json().get("name", api_id))
