"""The list of gaps: what AWS does, the emulator does not, and we add.

Delete a line (and its file) on the day the emulator catches up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scripts.local.emulator.apigateway.authorizers import Authorizers
from scripts.local.emulator.apigateway.catalogue import Catalogue
from scripts.local.emulator.apigateway.data_plane import DataPlane
from scripts.local.emulator.apigateway.issuer_keys import IssuerKeys
from scripts.local.emulator.apigateway.readback import ApiReadBack, IntegrationReadBack
from scripts.local.emulator.cloudfront.deleted_tags import DeletedTags
from scripts.local.emulator.cloudfront.headers_policy import HeadersPolicyReadBack
from scripts.local.emulator.cloudfront.viewers import Viewers
from scripts.local.emulator.cloudwatch.alarms import Alarms
from scripts.local.emulator.cloudwatch.api_meter import ApiMeter
from scripts.local.emulator.functions.event_source_readback import EventSourceReadBack
from scripts.local.emulator.functions.published_versions import PublishedVersions
from scripts.local.emulator.functions.reserved_environment import ReservedEnvironment
from scripts.local.emulator.iam.sqs_batch_actions import SqsBatchActions
from scripts.local.emulator.logs.query_definitions import QueryDefinitions
from scripts.local.emulator.restapi.catalogue import RestCatalogue
from scripts.local.emulator.restapi.control_plane import RestControlPlane
from scripts.local.emulator.restapi.data_plane import RestDataPlane
from scripts.local.emulator.secretsmanager.empty_secrets import EmptySecrets
from scripts.local.emulator.ses.sender_grants import SenderGrants
from scripts.local.emulator.sqs.batch_rules import BatchRules
from scripts.local.emulator.sqs.handle_rules import HandleRules
from scripts.local.emulator.sqs.message_rules import MessageRules
from scripts.local.emulator.sqs.move_tasks import MoveTasks
from scripts.local.emulator.tagging.resources import TaggedResources

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
    apis, keys = Catalogue(), IssuerKeys()
    rest_apis = RestCatalogue()
    measured_rest = ApiMeter(RestDataPlane(rest_apis), rest=True)
    measured_http = ApiMeter(DataPlane(apis, keys))
    return (
        Viewers(),
        measured_rest,
        RestControlPlane(rest_apis),
        measured_http,
        IntegrationReadBack(apis),
        Authorizers(apis, keys),
        ApiReadBack(apis),
        HeadersPolicyReadBack(),
        DeletedTags(),
        EventSourceReadBack(),
        ReservedEnvironment(),
        PublishedVersions(),
        EmptySecrets(),
        SqsBatchActions(),
        SenderGrants(),
        MoveTasks(),
        QueryDefinitions(),
        MessageRules(),
        BatchRules(),
        HandleRules(),
        TaggedResources(),
        Alarms(measured_http, measured_rest),
    )
