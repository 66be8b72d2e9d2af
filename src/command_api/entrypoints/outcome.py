"""The outcome function: `POST /commands/{id}/outcome` in, what was reported of a command."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from command_api.adapters.cloudwatch.logs import structured_logger
from command_api.adapters.schemas import RESULT, HandlerSchemas
from command_api.composition.commands import meter, store
from command_api.domain.access import Access
from command_api.domain.errors import DoesNotFit
from command_api.domain.hand_over import HandOverEnded, InvalidToken
from command_api.domain.model import ID_PATTERN
from command_api.domain.violations import Violation
from command_api.http.cors import readable_by
from command_api.http.problems import Problem
from command_api.http.reports import answer, bearer, invalid, report_of, unauthorized
from command_api.http.requests import read
from command_api.http.responses import respond
from command_api.settings import origins, retention
from command_api.usecases.hand_over import InvalidResult, TakeReport
from command_api.usecases.report import describe, trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from command_api.http.requests import Request

_INVALID = "The token is not that of this command's hand-over, or the command does not exist."
logger = structured_logger()
take_report = TakeReport(
    store=store(os.environ),
    retention=retention(os.environ),
    logger=logger,
    check_result=HandlerSchemas(RESULT).violations,
    measure=meter(os.environ),
)


@readable_by(origins(os.environ))
def handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, object]:
    """Answer with the command's status, or with a problem document.

    The token is the credential: whoever reports has no other one.
    """
    try:
        return _answer(read(event, Access()))
    except Problem as problem:
        return problem.answer()


def _answer(request: Request) -> dict[str, object]:
    command_id, token = request.command_id, bearer(request)
    if not ID_PATTERN.fullmatch(command_id):
        raise unauthorized(_INVALID)
    report = report_of(request, now=datetime.now(UTC))
    try:
        return respond(200, answer(take_report(command_id, token, report)))
    except InvalidToken:
        raise unauthorized(_INVALID) from None
    except HandOverEnded as ended:
        raise Problem(409, "hand_over_ended", str(ended)) from None
    except InvalidResult as wrong:
        raise invalid(
            Violation(("result", *one.path), one.detail) for one in wrong.violations
        ) from None
    except DoesNotFit:
        raise invalid([Violation(("result",), "is too large to store")]) from None
    except Exception as error:  # noqa: BLE001 - the edge: the client gets an answer it can act on
        failed = {**describe(command_id, None), **trouble(error)}
        logger.error("outcome unavailable", extra=failed)  # noqa: TRY400 - the text may quote input
        detail = "The report cannot be stored right now. Try again later."
        raise Problem(503, "service_unavailable", detail, retry_after=2) from None
