"""An environment in memory: alarms that ring when told to, unless they are deaf."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from scripts.drill import __main__ as tool
from tests.targets import aim, target

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.target.target import Target

ALARMS = ("customers-affected", "dead-letter-messages", "oldest-message", "command-age")
METRIC = {
    "Namespace": "acme",
    "MetricName": "CommandAge",
    "Dimensions": [{"Name": "service", "Value": "acme-dev-worker"}],
}


@dataclass
class World:
    """Every AWS service at once; `asked` is what was called, `silent` the alarms nobody hears."""

    silent: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    states: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ALARMS, "OK"))
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    mail: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def called(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of each call."""
        return [parameters for name, parameters in self.asked if name == operation]

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        """Any operation of any service."""

        def call(**parameters: Any) -> Any:
            self.asked.append((operation, parameters))
            answer = getattr(type(self), f"on_{operation}", None)
            return answer(self, **parameters) if answer else {}

        return call

    def ring(self, key: str) -> None:
        """The alarm rings and is over."""
        for state in ("ALARM", "OK"):
            if key not in self.silent and not (state == "OK" and key in self.stuck):
                told = json.dumps({"AlarmName": f"acme-dev-{key}", "NewStateValue": state})
                self.mail.append(json.dumps({"Message": told}))

    def on_describe_alarms(self, **_: Any) -> Any:
        """All alarms."""
        member = 'ALARM("acme-dev-command-age") OR ALARM("acme-dev-oldest-message")'
        common = {"EvaluationPeriods": 3, "Threshold": 300.0}
        age = [
            {"Id": "judged", "Expression": "IF(FILL(ended, 0) >= 10, age, 0)"},
            {"Id": "age", "MetricStat": {"Metric": METRIC, "Stat": "p95"}},
        ]
        alarms = {
            key: {"AlarmName": f"acme-dev-{key}", "StateValue": state, **common}
            for key, state in self.states.items()
        }
        alarms["command-age"]["Metrics"] = age
        composite = alarms.pop("customers-affected")
        return {
            "MetricAlarms": list(alarms.values()),
            "CompositeAlarms": [{**composite, "AlarmRule": member}],
        }

    def on_set_alarm_state(self, **parameters: Any) -> Any:
        """The alarm rings, and with some of them the composite one."""
        key = parameters["AlarmName"].removeprefix("acme-dev-")
        self.ring(key)
        if key == "oldest-message":
            self.ring("customers-affected")
        return {}

    def on_put_metric_data(self, **parameters: Any) -> Any:
        """The third minute is one too many for the age of commands."""
        del parameters
        if len(self.called("put_metric_data")) == 3:
            self.ring("command-age")
        return {}

    def on_create_queue(self, **parameters: Any) -> Any:
        """A mailbox."""
        return {"QueueUrl": f"https://sqs/{parameters['QueueName']}"}

    def on_get_queue_attributes(self, **parameters: Any) -> Any:
        """Its ARN."""
        return {"Attributes": {"QueueArn": f"arn:{parameters['QueueUrl']}"}}

    def on_subscribe(self, **parameters: Any) -> Any:
        """The subscription's ARN."""
        return {"SubscriptionArn": f"{parameters['TopicArn']}:1"}

    def on_send_message(self, **parameters: Any) -> Any:
        """A dead-letter message."""
        self.messages.append(parameters["MessageAttributes"]["command_id"]["StringValue"])
        self.ring("dead-letter-messages")
        return {}

    def on_receive_message(self, **parameters: Any) -> Any:
        """Mail or dead-letter messages."""
        if parameters["QueueUrl"].endswith("-dlq"):
            named = [{"command_id": {"StringValue": one}} for one in self.messages]
            return {
                "Messages": [
                    {"ReceiptHandle": one["command_id"]["StringValue"], "MessageAttributes": one}
                    for one in named
                ]
            }
        mail, self.mail = self.mail, []
        return {"Messages": [{"Body": body, "ReceiptHandle": "mail"} for body in mail]}


@pytest.fixture
def world() -> World:
    """Four quiet alarms."""
    return World()


@pytest.fixture
def applied(world: World) -> Target:
    """The environment that they belong to."""
    outputs = {
        "alarm_names": {key: f"acme-dev-{key}" for key in ALARMS},
        "alarm_topic_arn": "arn:aws:sns:us-east-1:123456789012:acme-dev-alarms",
        "commands_endpoint": "http://127.0.0.1:1/commands",
        "sqs_dlq_url": "https://sqs/acme-dev-work-dlq",
        "worker_function_name": "acme-dev-worker",
    }
    return target(outputs, lambda _: world, local=True)


@pytest.fixture
def run(
    applied: Target, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """The tool, about that environment: exit code, output, errors."""
    aim(monkeypatch, applied)

    def run(*args: str) -> tuple[int, str, str]:
        code = tool.main(args)
        return code, *capsys.readouterr()

    return run
