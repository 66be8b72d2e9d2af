"""The openapi function: `GET /openapi.json` in, the description of the API out."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from command_api.adapters.schemas import RESULT, HandlerSchemas
from command_api.domain.access import Access
from command_api.domain.context import registered
from command_api.http.cors import readable_by
from command_api.http.requests import read
from command_api.http.responses import matches, not_modified, respond
from command_api.openapi import Description, document
from command_api.settings import api_mode, flag, json_object, origins, routes
from handlers import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.openapi.description import Node

EXAMPLE_ID = "0f8fad5bd9cb469fa16570867728950e"
EXAMPLE_TIME = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
# It changes with a deployment, and nobody waits for it.
KEPT = "public, max-age=300"


def chosen(environ: Mapping[str, str]) -> Description:
    """What an environment's variables say of its API: all but the types of command."""
    return Description(
        api_mode=api_mode(environ),
        routes=routes(environ),
        inputs={},
        authentication=json_object(environ, "AUTHENTICATION"),
        default_type=environ.get("DEFAULT_COMMAND_TYPE", ""),
        fifo=flag(environ, "FIFO_QUEUE"),
        callbacks=flag(environ, "CALLBACKS"),
        outcomes=flag(environ, "OUTCOMES"),
        batches=flag(environ, "BATCHES"),
        uploads=flag(environ, "UPLOADS"),
        schedules=flag(environ, "SCHEDULES"),
        priorities=tuple(sorted(environ.get("PRIORITIES", "").split())),
        title=environ.get("API_TITLE") or "Commands",
    )


# A wrong variable shows at the cold start, as in every function.
chosen(os.environ)


def describe(environ: Mapping[str, str]) -> Node:
    """The document of an environment whose functions have these variables."""
    schemas, results = HandlerSchemas(), HandlerSchemas(RESULT)
    shaped = {
        command_type: registered(handler).accepted for command_type, handler in HANDLERS.items()
    }
    return document(
        replace(
            chosen(environ),
            inputs={
                command_type: schemas.schema(command_type) for command_type in sorted(HANDLERS)
            },
            results={
                command_type: schema
                for command_type in sorted(HANDLERS)
                if (schema := results.schema(command_type)) is not None
            },
            accepted={
                command_type: dict(shape(EXAMPLE_ID, EXAMPLE_TIME))
                for command_type, shape in sorted(shaped.items())
                if shape is not None
            },
        )
    )


@readable_by(origins(os.environ))
def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Answer with the document; what it says is no secret, so nobody need say who they are."""
    answer, told = _answer()
    if matches(read(event, Access()).headers.get("if-none-match"), told["etag"]):
        return not_modified(told)
    return answer


@cache
def _answer() -> tuple[dict[str, object], dict[str, str]]:
    answer = respond(200, describe(os.environ))
    version = sha256(str(answer["body"]).encode()).hexdigest()[:32]
    told = {"etag": f'"{version}"', "cache-control": KEPT}
    return {**answer, "headers": {"content-type": "application/json", **told}}, told
