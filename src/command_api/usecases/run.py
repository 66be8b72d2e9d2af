"""Run a handler once, and turn whatever it does into a value."""

from __future__ import annotations

import re
import traceback
from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING, Any

from command_api.domain.decision import Continued, Raised, Returned, Stopped, Troubled
from command_api.domain.errors import (
    Cancelled,
    CommandError,
    Continue,
    DoesNotFit,
    LeaseLost,
    Rejected,
    Retryable,
    SecretUnavailable,
    Unavailable,
)
from command_api.domain.model import Failure
from command_api.usecases.report import trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from command_api.domain.context import BatchHandler, Context, Handler
    from command_api.domain.decision import Happening
    from command_api.domain.model import JSON
    from command_api.domain.violations import Violation

_NAME = re.compile(r"[A-Za-z0-9.:_-]{1,80}", re.ASCII)

DOES_NOT_FIT = Failure(
    code="result_too_large",
    message="The handler's result is not JSON or is too large to store.",
    retryable=False,
)
STATE_DOES_NOT_FIT = Failure(
    code="state_too_large",
    message=(
        "The state for the next slice is not JSON or is too large to store. More than 32 KB need "
        "a results bucket: results = { enabled = true }."
    ),
    retryable=False,
)


def run(
    handler: Handler, command_input: Mapping[str, JSON], context: Context, *, log_text: bool = False
) -> Happening:
    """Run the handler of a claimed command, be it sync or async.

    `log_text` puts the text of an unexpected exception into the log, and nowhere else.
    Raises LeaseLost where another attempt took the command over while a step was stored.
    """
    try:
        return Returned(_value(handler(command_input, context)))
    except LeaseLost:
        raise
    except BaseException as error:  # noqa: BLE001 - the edge to user code: also a sys.exit() in it
        return _judged(error, context, log_text=log_text)


def run_many(
    handler: BatchHandler,
    inputs: Sequence[Mapping[str, JSON]],
    contexts: Sequence[Context],
    *,
    log_text: bool = False,
) -> Sequence[Happening | None]:
    """Run a batch handler on claimed commands; None for one that another attempt took over.

    What it raises concerns all of them, but for LeaseLost.
    """
    judged = partial(_judged, log_text=log_text)
    try:
        answers = _value(handler(inputs, contexts))
    except LeaseLost:
        stopped = Troubled("another command of the list lost its lease")
        return [None if context.lease_lost else stopped for context in contexts]
    except (Continue, Cancelled) as error:
        return [_unexpected(f"{type(error).__name__} is for one command: answer it")] * len(inputs)
    except BaseException as error:  # noqa: BLE001 - the edge to user code, as above
        return [judged(error, context) for context in contexts]
    if not isinstance(answers, list | tuple) or len(answers) != len(contexts):
        found = len(answers) if isinstance(answers, list | tuple) else "no list of"
        return [_unexpected(f"{found} answers to {len(contexts)} commands")] * len(contexts)
    return [
        None
        if isinstance(answer, LeaseLost)
        else judged(answer, context)
        if isinstance(answer, BaseException)
        else Returned(answer)
        for answer, context in zip(answers, contexts, strict=True)
    ]


def _value(result: Any) -> Any:  # noqa: ANN401 - what a handler returns
    if not isinstance(result, Awaitable):
        return result
    import asyncio  # noqa: PLC0415 - only handlers that are async pay for it

    return asyncio.run(_value_of(result))


def _judged(  # noqa: PLR0911 - one line for each thing that a handler may do
    error: BaseException, context: Context, *, log_text: bool
) -> Happening:
    match error:
        case SecretUnavailable():
            return Troubled("secret unavailable", _failure(error, retryable=True))
        case Rejected():
            return Raised(_failure(error, retryable=False))
        case Retryable():
            return Raised(_failure(error, retryable=True), error.after, error.at_least)
        case DoesNotFit():
            return Raised(DOES_NOT_FIT)
        case Unavailable():
            return Troubled("step or commit could not be stored")
        case Continue():
            return Continued(error.state, error.after)
        case Cancelled():
            return Stopped()
    aws = _refusal(error)
    # An exception's text may quote the input, so no client gets it, and the log only if asked.
    text = {"error_text": CommandError(error).message} if log_text else {}
    where = {"error_type": type(error).__name__, **text, **aws, "stack": _stack(error)}
    context.logger.error("handler raised", extra=where)
    said = "{aws_error} in {aws_operation}".format_map(aws) if aws else where["error_type"]
    return _unexpected(str(said))


def _unexpected(said: str) -> Raised:
    message = f"Unexpected error in the handler ({said})."
    return Raised(Failure(code="unexpected_error", message=message, retryable=True))


def invalid_input(violations: Sequence[Violation]) -> Raised:
    """An attempt that ends before it begins: its input is not what the handler asks for."""
    return _invalid("invalid_input", "The input is invalid", violations)


def invalid_result(violations: Sequence[Violation]) -> Raised:
    """An attempt whose handler returned what its type does not promise: a fault of the handler."""
    return _invalid("invalid_result", "The handler's result is invalid", violations)


def _invalid(code: str, said: str, violations: Sequence[Violation]) -> Raised:
    from command_api.domain.violations import pointer  # noqa: PLC0415 - most values are valid

    found = "; ".join(f"{pointer(one.path)} {one.detail}" for one in violations)
    return Raised(Failure(code=code, message=f"{said}: {found}."[:1024], retryable=False))


async def _value_of(result: Awaitable[Any]) -> Any:  # noqa: ANN401 - as above
    return await result


def _failure(error: CommandError, *, retryable: bool) -> Failure:
    # A handler's own subclass may have set both, or not have called the constructor.
    told = CommandError(error.message or error, code=error.code)
    return Failure(code=told.code, message=told.message, retryable=retryable)


def _refusal(error: BaseException) -> dict[str, str]:
    """What AWS refused and how, if botocore raised this: a missing grant, as often as not.

    Both are names of AWS's own. An exception of another library may have fields of the same names
    with anything in them.
    """
    if not any(one.__module__ == "botocore.exceptions" for one in type(error).__mro__):
        return {}
    told = trouble(error)
    named = {name: str(told.get(name) or "") for name in ("aws_error", "aws_operation")}
    return named if all(_NAME.fullmatch(name) for name in named.values()) else {}


def _stack(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames[1:]]
