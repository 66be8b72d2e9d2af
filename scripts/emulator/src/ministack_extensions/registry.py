"""The list of extensions: what AWS does, the emulator does not, and this package adds.

Delete a line (and its file) on the day the emulator catches up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack_extensions.apigateway.authorizers import Authorizers
from ministack_extensions.apigateway.catalogue import Catalogue
from ministack_extensions.apigateway.connections import Connections
from ministack_extensions.apigateway.data_plane import DataPlane
from ministack_extensions.apigateway.issuer_keys import IssuerKeys
from ministack_extensions.apigateway.readback import ApiReadBack, IntegrationReadBack
from ministack_extensions.apigateway.route_rules import RouteRules
from ministack_extensions.cloudfront.deleted_tags import DeletedTags
from ministack_extensions.cloudfront.headers_policy import HeadersPolicyReadBack
from ministack_extensions.cloudfront.viewers import Viewers
from ministack_extensions.cloudwatch.alarms import Alarms
from ministack_extensions.cloudwatch.api_meter import ApiMeter
from ministack_extensions.functions.event_source_readback import EventSourceReadBack
from ministack_extensions.functions.published_versions import PublishedVersions
from ministack_extensions.functions.reserved_environment import ReservedEnvironment
from ministack_extensions.functions.stream_sources import StreamSources
from ministack_extensions.logs.pages import LogPages
from ministack_extensions.logs.query_definitions import QueryDefinitions
from ministack_extensions.restapi.catalogue import RestCatalogue
from ministack_extensions.restapi.control_plane import RestControlPlane
from ministack_extensions.restapi.data_plane import RestDataPlane
from ministack_extensions.scheduler.schedules import Schedules
from ministack_extensions.secretsmanager.empty_secrets import EmptySecrets
from ministack_extensions.ses.sender_grants import SenderGrants
from ministack_extensions.sqs.batch_rules import BatchRules
from ministack_extensions.sqs.handle_rules import HandleRules
from ministack_extensions.sqs.message_rules import MessageRules
from ministack_extensions.sqs.move_tasks import MoveTasks
from ministack_extensions.sqs.queue_rules import QueueRules
from ministack_extensions.tagging.resources import TaggedResources

if TYPE_CHECKING:
    from ministack_extensions.extension import Extension


def build_extensions() -> tuple[Extension, ...]:
    """All extensions with empty memories; the first that matches a request answers it."""
    apis, keys = Catalogue(), IssuerKeys()
    rest_apis = RestCatalogue()
    schedules = Schedules()
    measured_rest = ApiMeter(RestDataPlane(rest_apis), rest=True)
    measured_http = ApiMeter(DataPlane(apis, keys))
    return (
        Viewers(),
        Connections(),
        measured_rest,
        RestControlPlane(rest_apis),
        measured_http,
        RouteRules(apis, IntegrationReadBack(apis), Authorizers(apis, keys), ApiReadBack(apis)),
        HeadersPolicyReadBack(),
        DeletedTags(),
        StreamSources(EventSourceReadBack()),
        ReservedEnvironment(),
        PublishedVersions(),
        EmptySecrets(),
        SenderGrants(),
        MoveTasks(),
        QueryDefinitions(),
        LogPages(),
        MessageRules(),
        BatchRules(),
        HandleRules(),
        QueueRules(),
        schedules,
        TaggedResources(schedules),
        Alarms(measured_http, measured_rest),
    )
