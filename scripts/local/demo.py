"""The demo: commands that cover every outcome, submitted over HTTP and followed to their end."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from scripts.cli import many
from scripts.commands.api import CommandsApi
from scripts.commands.board import Board
from scripts.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs import SQSClient
    from rich.console import Console

    from scripts.stack.stack import LocalStack

FOLLOW_SECONDS = 90.0
_DEAD_LETTER_SECONDS = 15.0


@dataclass(frozen=True)
class Scene:
    """One command of the demo; with a `name` the client chooses the id (PUT)."""

    what: str
    kind: str
    work: Mapping[str, Any]
    name: str = ""
    dead_letter: bool = False
    about_its_id: bool = False  # left out where the API chooses all ids


SCENES = (
    Scene("says hello", "echo", {"hello": "world"}),
    Scene("says grüß Gott", "echo", {"hello": "wörld & <friends>"}),
    Scene("takes two seconds", "demo", {"sleep_seconds": 2}),
    Scene("has a client-chosen id", "echo", {"order": 1042}, "order-1042", about_its_id=True),
    Scene("reads a secret", "demo", {"read_secret": "third-party-api-key"}),
    Scene("fails twice, then succeeds", "demo", {"fail_attempts": 2}, name="flaky"),
    Scene("is rejected", "demo", {"reject": True}),
    Scene("fails until it is dead-lettered", "demo", {"fail_attempts": 99}, dead_letter=True),
)


@dataclass(frozen=True)
class Demo:
    """The demo against one deployed environment; `outputs` are Terraform's."""

    console: Console
    outputs: Mapping[str, Any]
    sqs: SQSClient
    # Whom each command's end is told; nobody where it is empty.
    callback: str = ""

    def run(self) -> Board:
        """Submit every scene, follow them all, and wait for the dead-letter message."""
        api = CommandsApi(self.outputs["commands_endpoint"])
        paths = self._paths(api)
        if wanted := paths["/commands"]["post"].get("security"):
            asked = " or ".join(sorted({name for one in wanted for name in one}))
            raise OperatorError(
                f"this API requires {asked} and the demo has no credentials; nothing was submitted."
                " Set api.authentication to none, or with a token: python -m scripts.commands"
                " submit --local --token TOKEN"
            )
        chooses = "put" in paths.get("/commands/{id}", {})
        board, round_id = Board(api), time.strftime("%H%M%S")
        already_dead = self.dead_letter_messages()
        for scene in (it for it in SCENES if chooses or not it.about_its_id):
            chosen = f"{scene.name}-{round_id}" if scene.name and chooses else None
            # A FIFO queue asks for a group; any other API ignores the header.
            group = {"x-message-group-id": uuid4().hex}
            board.add(api.submit_body(self._body(scene), chosen, **group), scene.what)
            if chosen:
                # PUT is safe to repeat: the second message is recognised as a duplicate.
                api.submit_body(self._body(scene), chosen, **group)
        if not board.follow(self.console, seconds=FOLLOW_SECONDS):
            raise OperatorError("some commands did not finish in time; see: make logs")
        expected = already_dead + sum(scene.dead_letter for scene in SCENES)
        deadline = time.monotonic() + _DEAD_LETTER_SECONDS
        while self.dead_letter_messages() < expected and time.monotonic() < deadline:
            time.sleep(0.2)
        return board

    def _body(self, scene: Scene) -> str:
        named = {"callback": {"url": self.callback}} if self.callback else {}
        return json.dumps({"type": scene.kind, "input": scene.work, **named})

    def _paths(self, api: CommandsApi) -> Mapping[str, Any]:
        """What the API says of itself: a REST API chooses all ids, so it has no PUT."""
        described = replace(api, endpoint=api.endpoint.removesuffix("/commands") + "/openapi.json")
        answer = described.request("GET", "")
        paths: Mapping[str, Any] = answer.json()["paths"]
        return paths

    def dead_letter_messages(self) -> int:
        """How many messages the dead-letter queue holds."""
        answer = self.sqs.get_queue_attributes(
            QueueUrl=self.outputs["sqs_dlq_url"], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def summary(demo: Demo, board: Board, stack: LocalStack) -> str:
    """What happened, where to look, and what to try next."""
    counts = ", ".join(f"{count} {status}" for status, count in board.counts().items())
    endpoint, outputs = demo.outputs["commands_endpoint"], demo.outputs
    return f"""
{counts}; {many(demo.dead_letter_messages(), "message")} in the dead-letter queue

  API       {endpoint}
  AWS       {stack.endpoint}  (AWS_ENDPOINT_URL for boto3, the AWS CLI and Terraform)
  Logs      make logs FUNCTION={outputs["worker_function_name"]}
            {os.path.relpath(stack.log_path)}

Try next:
  curl -i {endpoint} -d '{{"type": "echo", "input": {{"hello": "again"}}}}'
  curl -s {endpoint}/{board.rows[0].id}
  make demo WEBHOOKS=1
  make dashboard
  make status
  make down
"""
