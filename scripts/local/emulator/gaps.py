"""The list of gaps: what AWS does, the emulator does not, and we add.

Delete a line (and its file) on the day the emulator catches up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scripts.local.emulator.apigateway.catalogue import Catalogue
from scripts.local.emulator.apigateway.data_plane import DataPlane
from scripts.local.emulator.apigateway.readback import ApiReadBack, IntegrationReadBack
from scripts.local.emulator.functions.event_source_readback import EventSourceReadBack
from scripts.local.emulator.functions.reserved_environment import ReservedEnvironment
from scripts.local.emulator.iam.sqs_batch_actions import SqsBatchActions
from scripts.local.emulator.secretsmanager.empty_secrets import EmptySecrets
from scripts.local.emulator.sqs.message_rules import MessageRules
from scripts.local.emulator.sqs.move_tasks import MoveTasks

if TYPE_CHECKING:
    from scripts.local.emulator.http import Request, Response
    from scripts.local.emulator.upstream import Emulator


class Gap(Protocol):
    """One thing that AWS does and the emulator does not."""

    def matches(self, request: Request) -> bool:
        """Whether this gap answers the request; the body is not read yet."""

    async def handle(self, request: Request, emulator: Emulator) -> Response:
        """The answer that AWS would give."""


def build_gaps() -> tuple[Gap, ...]:
    """All gaps with empty memories; the first that matches a request answers it."""
    apis = Catalogue()
    return (
        DataPlane(apis),
        IntegrationReadBack(apis),
        ApiReadBack(apis),
        EventSourceReadBack(),
        ReservedEnvironment(),
        EmptySecrets(),
        SqsBatchActions(),
        MoveTasks(),
        MessageRules(),
    )
