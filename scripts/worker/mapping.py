"""The event source mapping: what hands the queue's messages to the worker."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts import cli
from scripts.aws_errors import error_code
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

PAUSE_SECONDS = 1.0
ENABLED, DISABLED = "Enabled", "Disabled"
# AWS: State of an event source mapping in the Lambda API reference; the others are on their way.
_SETTLED = frozenset({ENABLED, DISABLED})
# What AWS says of a change by hand, which needs no mention.
_BY_HAND = frozenset({"", "User action", "USER_INITIATED"})


@dataclass(frozen=True)
class State:
    """A mapping as it is now; `cap` is None where only the account limits it.

    `function_arn` is what takes the messages: with an alias or a version, where it names one.
    """

    uuid: str
    function_arn: str
    name: str
    cap: int | None
    reason: str

    @property
    def settled(self) -> bool:
        """Whether AWS is done with every change so far."""
        return self.name in _SETTLED

    @property
    def paused(self) -> bool:
        """Whether no messages are taken, or soon none will be."""
        return self.name in (DISABLED, "Disabling")

    def fits(self, *, enabled: bool | None, cap: int | None) -> bool:
        """Whether it is settled, and as wanted."""
        wanted = {None: self.name, True: ENABLED, False: DISABLED}[enabled]
        return self.settled and self.name == wanted and cap in (None, self.cap)


class Mapping:
    """The mapping of a function to its queue; changes are waited for up to `seconds`."""

    def __init__(
        self, client: LambdaClient, function: str, queue_arn: str, flags: str, seconds: float
    ) -> None:
        self._client = client
        self._function = function
        self._queue_arn = queue_arn
        self._flags = flags
        self._seconds = seconds

    def look(self) -> State:
        """The state of now; OperatorError where there is no such mapping."""
        # Not by the function's name: AWS does not say whether that finds the mapping of an alias.
        pages = self._client.get_paginator("list_event_source_mappings").paginate(
            EventSourceArn=self._queue_arn
        )
        for page in pages:
            for one in page["EventSourceMappings"]:
                if _function_name(one["FunctionArn"]) == self._function:
                    return _state(one)
        raise OperatorError(
            f"no event source mapping from {self._queue_arn} to {self._function}; apply the"
            " environment again to create it"
        )

    def change(self, *, enabled: bool | None = None, cap: int | None = None) -> tuple[State, bool]:
        """Bring the mapping to this state, where None means as it is, and wait for it.

        Returns the state, and whether it was another one before.
        """
        deadline = time.monotonic() + self._seconds
        state = self._settled(deadline)
        if state.fits(enabled=enabled, cap=cap):
            return state, False
        wanted: dict[str, Any] = {} if enabled is None else {"Enabled": enabled}
        if cap is not None:
            wanted["ScalingConfig"] = {"MaximumConcurrency": cap}
        while not self._update(state.uuid, wanted):
            self._wait(state, deadline)
        # AWS answers at once and acts later; for a moment the old state may still be read.
        while not (state := self.look()).fits(enabled=enabled, cap=cap):
            self._wait(state, deadline)
        return state, True

    def _settled(self, deadline: float) -> State:
        while not (state := self.look()).settled:
            self._wait(state, deadline)
        return state

    def _update(self, uuid: str, wanted: dict[str, Any]) -> bool:
        try:
            self._client.update_event_source_mapping(UUID=uuid, **wanted)
        except ClientError as error:
            if error_code(error) == "ResourceInUseException":
                return False  # somebody else has changed it meanwhile
            raise
        return True

    def _wait(self, state: State, deadline: float) -> None:
        if state.name == "Deleting":
            raise OperatorError(f"the event source mapping of {self._function} is being deleted")
        if time.monotonic() >= deadline:
            why = f" ({state.reason})" if state.reason else ""
            raise OperatorError(
                f"{self._function} is {state.name}{why} after {self._seconds:g} seconds, and the"
                " change has not completed; AWS may still complete it. Check with:"
                f" {cli.command_line('worker', 'show', flags=self._flags)}"
            )
        time.sleep(PAUSE_SECONDS)


def _function_name(arn: str) -> str:
    # arn:aws:lambda:REGION:ACCOUNT:function:NAME, and with an alias or a version :NAME:QUALIFIER
    return arn.split(":")[6]


def _state(found: Any) -> State:  # noqa: ANN401 - the answer, whose types are loaded for checks only
    reason = found.get("StateTransitionReason", "")
    return State(
        uuid=found["UUID"],
        function_arn=found["FunctionArn"],
        name=found["State"],
        cap=found.get("ScalingConfig", {}).get("MaximumConcurrency"),
        reason="" if reason in _BY_HAND else reason,
    )
