"""What a handler may do wrong: it costs its own command an attempt, and nobody else anything."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from command_api.domain.decision import Then
from command_api.domain.errors import LeaseLost, Rejected, Retryable
from command_api.domain.model import Status
from tests.builders import FUNCTION_ENVIRONMENT, SECOND, fail, message
from tests.unit.usecases.test_batch import mail

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from command_api.domain.context import Context
    from command_api.domain.model import Failure
    from tests.unit.conftest import Bench


class Unprintable:
    """A value that no text can be made of."""

    def __str__(self) -> str:
        """Fail."""
        raise RuntimeError("no text")


class Interrupted(BaseException):
    """What is no Exception, as KeyboardInterrupt and asyncio.CancelledError."""


class NoOrder(Rejected):
    """A handler's own error, with a code that is no text."""

    code = 404  # type: ignore[assignment]


class Wordless(Retryable):
    """A handler's own error that does not call the constructor."""

    def __init__(self, order: int) -> None:
        self.order = order


class Rewritten(Rejected):
    """A handler's own error that changes what the constructor made of it."""

    def __init__(self) -> None:
        super().__init__("no such order")
        self.message = ValueError("no such \ud800order")  # type: ignore[assignment]
        self.code = 7  # type: ignore[assignment]


def failure_of(bench: Bench) -> Failure:
    """Why c-1 failed, or waits."""
    assert bench.command.failure is not None
    return bench.command.failure


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (lambda: Rejected(ValueError("no such order")), "rejected", "no such order"),
        (lambda: Rejected("gone", code=404), "404", "gone"),
        (lambda: Rejected("lone \ud800 surrogate", code="\ud800"), "?", "lone ? surrogate"),
        (lambda: Rejected(Unprintable(), code=Unprintable()), "Unprintable", "Unprintable"),
        (lambda: Rejected(None), "rejected", "None"),
        (lambda: Rejected(b"bytes"), "rejected", "b'bytes'"),
        (lambda: Rejected("x" * 5_000, code="y" * 5_000), "y" * 64, "x" * 1024),
        (lambda: NoOrder("gone"), "404", "gone"),
        (Rewritten, "7", "no such ?order"),
    ],
)
def test_a_rejection_is_recorded_once_with_its_text(
    bench: Bench, error: Callable[[], Exception], code: str, text: str
) -> None:
    """Whatever the handler took for a message or a code becomes text that can be stored."""
    bench.handle(lambda _: fail(error()))
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.status is Status.FAILED
    found = failure_of(bench)
    assert (found.code, found.message, found.retryable) == (code, text, False)
    assert len(bench.seen) == 1


def test_an_error_that_skips_the_constructor_is_still_what_it_is(bench: Bench) -> None:
    """Its name says what to do: try again."""
    bench.handle(lambda _: fail(Wordless(7)))
    assert bench.deliver() is Then.RETURN
    found = failure_of(bench)
    assert (found.code, found.message) == ("temporary_failure", "7")


@pytest.mark.parametrize(
    ("after", "delay"),
    [
        (timedelta(minutes=30), 1800),
        (42_300, 42_300),
        (0, 0),
        (-5, 0),
        (float("nan"), 2),
        (float("inf"), 2),
        (10**400, 2),
        ("soon", 2),
        (None, 2),
    ],
)
def test_a_wish_for_a_later_attempt_is_kept_or_left_to_the_policy(
    bench: Bench, after: Any, delay: float
) -> None:
    """The queue is asked for nothing that it refuses."""
    bench.handle(lambda _: fail(Retryable("Later.", after=after)))
    assert bench.deliver() is Then.RETURN
    assert bench.queue.delays == {"r-1": delay}
    assert bench.command.status is Status.PENDING


@pytest.mark.parametrize("after", [43_200, 86_400, timedelta(days=1), 1e300])
def test_a_wait_of_more_than_half_a_day_ends_in_the_dlq(bench: Bench, after: Any) -> None:
    """Instead of coming back at once: the partner that asked for a day is called once."""
    bench.handle(lambda _: fail(Retryable("Come back tomorrow.", after=after)))
    assert bench.deliver() is Then.DEAD_LETTER
    assert (failure_of(bench).code, failure_of(bench).retryable) == ("retry_too_late", True)
    assert [one.message_id for one in bench.queue.dead_lettered] == ["m-1"]
    assert len(bench.seen) == 1


def cancelled(_input: object, _context: Context) -> Any:
    """An async handler whose awaited task was cancelled."""

    async def run() -> None:
        task = asyncio.ensure_future(asyncio.sleep(10))
        task.cancel()
        await task

    return run()


def interrupted(_input: object, _context: Context) -> None:
    raise Interrupted


async def interrupted_inside(_input: object, _context: Context) -> None:
    raise Interrupted


async def left_inside(_input: object, _context: Context) -> None:
    sys.exit(3)


NO_EXCEPTIONS: dict[str, Any] = {
    "CancelledError": cancelled,
    "CancelledError of a future": lambda _i, _c: fail(asyncio.CancelledError()),
    "sys.exit": lambda _i, _c: sys.exit(),
    "sys.exit in a coroutine": left_inside,
    "KeyboardInterrupt": lambda _i, _c: fail(KeyboardInterrupt()),
    "GeneratorExit": lambda _i, _c: fail(GeneratorExit()),
    "a BaseException": interrupted,
    "a BaseException in a coroutine": interrupted_inside,
}


@pytest.mark.parametrize("kind", NO_EXCEPTIONS)
def test_what_is_no_exception_is_one_failed_attempt(bench: Bench, kind: str) -> None:
    """Its neighbours finish, on the same thread and on others."""
    bench.handlers["bad"] = NO_EXCEPTIONS[kind]
    bad = mail(2, body='{"type": "bad"}')
    assert bench.batch(*(mail(n) for n in range(2)), bad, mail(3), concurrency=2) == ["m-2"]
    found = bench.store.commands["c-2"]
    assert (found.status, found.attempts) == (Status.PENDING, 1)
    assert found.failure is not None
    assert (found.failure.code, found.failure.retryable) == ("unexpected_error", True)
    others = {bench.store.commands[f"c-{n}"].status for n in (0, 1, 3)}
    assert others == {Status.COMPLETED}


@pytest.mark.parametrize("kind", ["sys.exit", "KeyboardInterrupt"])
def test_an_invocation_ends_after_every_thread(bench: Bench, kind: str) -> None:
    """A neighbour that is slower than the one that breaks off has written its outcome by then."""
    began, broken = threading.Event(), threading.Event()

    def slow(_context: Context) -> str:
        began.set()
        broken.wait(10)
        threading.Event().wait(0.05)
        return "slow"

    def bad(given: object, context: Context) -> Any:
        began.wait(10)
        broken.set()
        return NO_EXCEPTIONS[kind](given, context)

    bench.handle(slow)
    bench.handlers["bad"] = bad
    assert bench.batch(mail(1), mail(2, body='{"type": "bad"}')) == ["m-2"]
    assert bench.store.commands["c-1"].result == "slow"


def test_an_unexpected_error_keeps_its_text_to_itself(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the client nor the log learns what an unforeseen exception says."""
    caplog.set_level(logging.INFO)
    bench.handle(lambda _: fail(KeyError("card number")))
    assert bench.deliver() is Then.RETURN
    assert failure_of(bench).message == "Unexpected error in the handler (KeyError)."
    assert "card number" not in str([vars(record) for record in caplog.records])
    assert any(__file__ in str(vars(one).get("stack")) for one in caplog.records)


def test_an_unforeseen_text_is_logged_where_the_environment_allows_it(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the client nor the record learns it there either."""
    caplog.set_level(logging.INFO)
    bench.log_exception_text = True
    bench.handle(lambda _: fail(ValueError("card number \ud800")))
    assert bench.deliver() is Then.RETURN
    assert failure_of(bench).message == "Unexpected error in the handler (ValueError)."
    assert "card number" not in str(bench.command)
    [line] = [vars(one) for one in caplog.records if one.getMessage() == "handler raised"]
    assert line["error_text"] == "card number ?"


def refused(code: object, message: str = "card number") -> ClientError:
    """What boto3 raises where AWS refuses to store an item."""
    response: Any = {"Error": {"Code": code, "Message": message}}
    return ClientError(response, "PutItem")


def test_an_error_of_aws_names_the_call_and_the_code(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """A missing grant is the commonest mistake of a new handler, and no text of AWS's is needed."""
    caplog.set_level(logging.INFO)
    bench.handle(lambda _: fail(refused("AccessDeniedException")))
    assert bench.deliver() is Then.RETURN
    said = failure_of(bench).message
    assert said == "Unexpected error in the handler (AccessDeniedException in PutItem)."
    [line] = [vars(one) for one in caplog.records if one.getMessage() == "handler raised"]
    assert (line["aws_error"], line["aws_operation"]) == ("AccessDeniedException", "PutItem")
    assert line["error_type"] == "ClientError"
    assert "card number" not in str([vars(record) for record in caplog.records])


class Foreign(Exception):
    """Looks like an error of botocore's and is none."""

    response: Any = {"Error": "card number"}  # noqa: RUF012
    operation_name = "card number"


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (Foreign(), "Foreign"),
        (refused("card number"), "ClientError"),
        (refused(None), "ClientError"),
    ],
)
def test_what_only_looks_like_an_error_of_aws_keeps_its_text_to_itself(
    bench: Bench, caplog: pytest.LogCaptureFixture, error: Exception, name: str
) -> None:
    """Nothing that a handler may have put there reaches the client or the log."""
    caplog.set_level(logging.INFO)
    bench.handle(lambda _: fail(error))
    assert bench.deliver() is Then.RETURN
    assert failure_of(bench).message == f"Unexpected error in the handler ({name})."
    assert "card number" not in str([vars(record) for record in caplog.records])


def test_an_unexpected_error_ends_in_the_dlq(bench: Bench) -> None:
    """After as many attempts as any other failure."""
    bench.handlers["echo"] = NO_EXCEPTIONS["sys.exit"]
    thens = [bench.deliver() for _ in range(3)]
    assert thens == [Then.RETURN, Then.RETURN, Then.DEAD_LETTER]


@pytest.mark.parametrize("catch", ["an async handler", "a pool of its own"])
def test_a_lost_lease_reaches_the_worker_from_wherever_it_is_found(
    bench: Bench, catch: str
) -> None:
    """Nothing is written then, and the message comes back to see what became of its command."""

    async def inside(_input: object, _context: Context) -> None:
        raise LeaseLost

    def beside(_input: object, _context: Context) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: fail(LeaseLost())).result()

    bench.handlers["echo"] = inside if catch == "an async handler" else beside
    assert bench.deliver() is Then.RETURN
    assert bench.command.status is Status.PROCESSING
    assert bench.queue.delays == {"r-1": 2}


def test_an_async_handler_runs_and_may_fail(bench: Bench) -> None:
    """A coroutine's result is the result, and its error the attempt's."""

    async def handle(_input: object, context: Context) -> dict[str, int]:
        if context.attempt == 1:
            raise Retryable("Not yet.")
        return {"attempt": context.attempt}

    bench.handlers["echo"] = handle
    assert bench.deliver() is Then.RETURN
    assert bench.deliver() is Then.ACKNOWLEDGE
    assert bench.command.result == {"attempt": 2}


def test_handlers_see_what_they_need(bench: Bench) -> None:
    """A context knows the attempt, the time left, a stable key and the secrets."""
    bench.deliver()
    (context,) = bench.seen
    assert (context.attempt, context.idempotency_key) == (1, "c-1")
    assert context.remaining_seconds() == 30
    bench.now += 60 * SECOND
    assert context.remaining_seconds() == 0
    assert context.secrets.get("partner") == "s3cret"


def test_every_line_of_a_handler_names_its_command(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a handler logs can be found by the id that the client has."""
    caplog.set_level(logging.INFO)
    bench.handle(lambda context: context.logger.info("working", extra={"part": 2}))
    bench.deliver(message())
    working = next(record for record in caplog.records if record.message == "working")
    assert (vars(working)["command_id"], vars(working)["part"]) == ("c-1", 2)


@pytest.mark.parametrize(("setting", "told"), [(None, False), ("false", False), ("true", True)])
def test_an_environment_allows_texts_by_its_setting(
    worker_function: ModuleType, setting: str | None, *, told: bool
) -> None:
    """Off unless it is on."""
    environ = {**FUNCTION_ENVIRONMENT, **({"LOG_EXCEPTION_TEXT": setting} if setting else {})}
    worker = worker_function.process_batch(environ, {}, logging.getLogger("worker"))
    assert worker.process.runtime.log_exception_text is told
