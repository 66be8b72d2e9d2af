"""What probes work with: clients, temporary resources, and waiting."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.config import Config
from botocore.exceptions import ClientError

from scripts.aws_errors import error_code, error_message
from scripts.aws_session import PATIENT
from scripts.framework import transport
from scripts.interrupts import Outcome
from scripts.prove.assumption import NotTried, Refuted
from scripts.prove.temporary import Closed, Temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from command_client.transport import Answer
    from scripts.target.target import Target

Seen = TypeVar("Seen")
Made = TypeVar("Made")

PATIENCE_SECONDS = 60.0
# A new role, key or API takes its time to be known everywhere on AWS.
PROPAGATION_SECONDS = 90.0
# All probes call at once, and API Gateway lets an account make a few changes a second.
_PERSISTENT = PATIENT.merge(Config(retries={"mode": "standard", "total_max_attempts": 10}))
_HTTP_SECONDS = 35.0
_PAUSES = {True: 0.05, False: 1.0}
_OTHERS_FAULT = ("AccessDenied", "Unauthorized", "Throttl", "TooManyRequests", "InternalError")


@dataclass
class Run:
    """One run of probes in threads: what they share."""

    target: Target
    stop: threading.Event = field(default_factory=threading.Event)
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:6])
    _clients: dict[tuple[str, Config | None], Any] = field(default_factory=dict)
    _made: dict[Any, Outcome[Any]] = field(default_factory=dict)
    _locks: dict[Any, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        """Give resources that several probes use a scene of their own."""
        self.common = Scene(self)

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401
        """A client for all threads; a session must not create two at once."""
        with self._guard:
            if (service, config) not in self._clients:
                self._clients[service, config] = self.target.client(
                    service, _PERSISTENT.merge(config) if config else _PERSISTENT
                )
            return self._clients[service, config]

    def shared(self, build: Callable[[Scene], Made]) -> Made:
        """What `build` creates, once for all probes."""
        with self._guard:
            lock = self._locks.setdefault(build, threading.Lock())
        with lock:
            if build not in self._made:
                self._made[build] = Outcome.of(lambda: build(self.common))
        made: Outcome[Made] = self._made[build]
        return made.value()

    @cached_property
    def tags(self) -> dict[str, str]:
        """Tags of a temporary environment, by which a killed run's resources are found."""
        return {
            "Project": self.project,
            "Environment": "test",
            "ManagedBy": "scripts.prove",
            "CreatedAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "TtlHours": "1",
        }

    @property
    def project(self) -> str:
        """The project of the environment."""
        return self.target.settings.project or "async-api"

    def name(self) -> str:
        """A name that nothing else has."""
        return f"{self.project}-test-prove-{self.id}-{next(self._numbers)}"


@dataclass(frozen=True)
class Scene:
    """What one probe works with."""

    run: Run
    temporary: Temporary = field(default_factory=Temporary)

    @property
    def target(self) -> Target:
        """The environment."""
        return self.run.target

    @property
    def local(self) -> bool:
        """True on the local stack."""
        return self.run.target.local

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401
        """A client with the operator's credentials."""
        return self.run.client(service, config)

    def shared(self, build: Callable[[Scene], Made]) -> Made:
        """What `build` creates, once for all probes."""
        return self.run.shared(build)

    @property
    def listed_tags(self) -> list[dict[str, str]]:
        """The tags of temporary resources, in the form of most services."""
        return [{"Key": key, "Value": value} for key, value in self.run.tags.items()]

    def queue(self, *, fifo: bool = False, **attributes: str) -> str:
        """The URL of a new queue."""
        sqs, name = self.client("sqs"), f"{self.run.name()}{'.fifo' if fifo else ''}"
        if fifo:
            attributes["FifoQueue"] = "true"

        def remove() -> None:
            sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])

        def create() -> str:
            made = sqs.create_queue(QueueName=name, Attributes=attributes, tags=self.run.tags)
            return str(made["QueueUrl"])

        return self.temporary.make(name, create, remove)

    def queue_arn(self, url: str) -> str:
        """The ARN of a queue."""
        wanted = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
        return str(self.client("sqs").get_queue_attributes(**wanted)["Attributes"]["QueueArn"])

    def received(self, url: str, **options: object) -> list[dict[str, Any]]:
        """Messages of a queue with all their attributes; waits a second for them."""
        asked = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 1, **options}
        asked |= {"MessageAttributeNames": ["All"], "AttributeNames": ["All"]}
        found: list[dict[str, Any]] = (
            self.client("sqs").receive_message(QueueUrl=url, **asked).get("Messages", [])
        )
        return found

    def until(
        self, look: Callable[[], Seen | None], what: str, seconds: float = PATIENCE_SECONDS
    ) -> Seen:
        """Look until there is something to see; Refuted at the deadline."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if seen := look():
                return seen
            self.pause(_PAUSES[self.local])
        raise Refuted(f"not within {seconds:.0f} s: {what}")

    def ready(self, look: Callable[[], Seen | None], what: str) -> Seen:
        """The same for what a probe needs first: NotTried at the deadline."""
        try:
            return self.until(look, what, PROPAGATION_SECONDS)
        except Refuted as late:
            raise NotTried(str(late)) from late

    def pause(self, seconds: float) -> None:
        """Wait; Closed as soon as the run ends."""
        if self.run.stop.wait(seconds):
            raise Closed

    def refusal(self, call: Callable[..., object], **parameters: object) -> str:
        """AWS's words for refusing a call; Refuted where it accepts."""
        try:
            call(**parameters)
        except ClientError as error:
            code = error_code(error)
            if any(part in code for part in _OTHERS_FAULT):
                raise
            return f"{code}: {error_message(error)}"
        raise Refuted("accepted")

    def http(
        self,
        method: str,
        url: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one HTTP request; the path goes out as it is given."""
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        try:
            return transport.request(
                transport.endpoint_of(f"{scheme}://{host}"),
                method,
                f"{slash}{path}",
                seconds=_HTTP_SECONDS,
                body=None if body is None else body.encode(),
                headers={"content-type": "application/json", **(headers or {})},
            )
        except transport.Unreachable as error:
            raise NotTried(f"{host} does not answer: {error}") from error
