"""Lambda and SQS as far as the tool knows them; like AWS, they take their time over changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

FUNCTION = "acme-dev-worker"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:000000000000:function:{FUNCTION}"
QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:acme-dev-work-queue"
OUTPUTS = {
    "worker_function_name": FUNCTION,
    "sqs_queue_url": "https://queue",
    "sqs_queue_arn": QUEUE_ARN,
}
TRANSIENT = {"Enabled": "Enabling", "Disabled": "Disabling", "Updating": "Updating"}


@dataclass
class FakeLambda:
    """One event source mapping; a change is through after it was looked at `slow` times."""

    state: str = "Enabled"
    cap: int | None = 10
    reason: str = "User action"
    slow: int = 2
    busy: int = 0
    exists: bool = True
    qualifier: str = ":live"
    fails: bool = False
    variables: dict[str, str] | None = None
    refuses: bool = False
    account_limit: int = 1000
    updates: list[dict[str, Any]] = field(default_factory=list)
    _ahead: list[str] = field(default_factory=list)
    _cap: int | None = None

    def get_paginator(self, operation: str) -> FakeLambda:
        """The client itself."""
        assert operation == "list_event_source_mappings"
        return self

    def paginate(self, **asked: str) -> list[dict[str, Any]]:
        """A page with another function's, one with the mapping; a step of time passes."""
        assert asked == {"EventSourceArn": QUEUE_ARN}
        if self._ahead:
            self.state = self._ahead.pop(0)
            if not self._ahead:
                self.cap = self._cap
        others = {"UUID": "m-0", "State": "Enabled", "FunctionArn": f"{FUNCTION_ARN}-2:live"}
        mapping = {"UUID": "m-1", "FunctionArn": f"{FUNCTION_ARN}{self.qualifier}"}
        mapping |= {"State": self.state, "StateTransitionReason": self.reason}
        if self.cap is not None:
            mapping["ScalingConfig"] = {"MaximumConcurrency": self.cap}  # type: ignore[assignment]
        found = [mapping] * self.exists
        return [{"EventSourceMappings": [others]}, {"EventSourceMappings": found}]

    def get_function_configuration(self, **asked: str) -> dict[str, Any]:
        """The live version's variables, if there are any and it may be asked for them."""
        assert asked == {"FunctionName": f"{FUNCTION_ARN}{self.qualifier}"}
        if self.refuses:
            raise refusal("AccessDeniedException")
        return {} if self.variables is None else {"Environment": {"Variables": self.variables}}

    def get_account_settings(self) -> dict[str, Any]:
        """The concurrency that functions without a reserved one share."""
        if self.refuses:
            raise refusal("AccessDeniedException")
        return {"AccountLimit": {"UnreservedConcurrentExecutions": self.account_limit}}

    def update_event_source_mapping(self, **asked: Any) -> None:
        """Begin a change, unless another one is under way."""
        if self.busy:
            self.busy -= 1
            raise refusal("ResourceInUseException")
        self.updates.append(asked)
        end = {None: self.state, True: "Enabled", False: "Disabled"}[asked.get("Enabled")]
        between = TRANSIENT[end if end != self.state else "Updating"]
        self._cap = asked.get("ScalingConfig", {}).get("MaximumConcurrency", self.cap)
        # The first look may still see what was before.
        self._ahead = [self.state, *[between] * self.slow, self.state if self.fails else end]

    def head_for(self, *states: str) -> None:
        """Let these states be seen next, as after somebody else's change."""
        self._cap, self._ahead = self.cap, [*states]


@dataclass
class FakeQueue:
    """A queue's attributes."""

    waiting: int = 12
    in_flight: int = 3
    delayed: int = 1
    retention: int = 4 * 86400

    def get_queue_attributes(self, **_: Any) -> dict[str, dict[str, str]]:
        """All of them, as text."""
        numbers = {
            "ApproximateNumberOfMessages": self.waiting,
            "ApproximateNumberOfMessagesNotVisible": self.in_flight,
            "ApproximateNumberOfMessagesDelayed": self.delayed,
            "MessageRetentionPeriod": self.retention,
        }
        return {"Attributes": {name: str(value) for name, value in numbers.items()}}


def refusal(code: str) -> ClientError:
    """AWS says no."""
    return ClientError({"Error": {"Code": code, "Message": "No."}}, "UpdateEventSourceMapping")
