"""A handler of several commands answers each of them; a raise of its own concerns all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from command_api import BatchHandler, Registered
from command_api.domain.errors import Cancelled, Continue, LeaseLost, Rejected, Retryable
from command_api.domain.model import Lease, Status
from tests.builders import LATER, NOW, SECOND, command, fail
from tests.unit.usecases.outside import DONE, Outside
from tests.unit.usecases.test_batch import mail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from command_api import JSON, Context
    from command_api.domain.model import Command
    from tests.unit.conftest import Bench

ABANDONED = Lease("t-0", NOW - SECOND)


def takes(
    bench: Bench, behaviour: Callable[[Sequence[Context]], Any], **settings: Any
) -> list[list[str]]:
    """Let `echo` take several commands; the lists of ids that it gets."""
    lists: list[list[str]] = []

    def handle_many(_inputs: Sequence[Mapping[str, JSON]], contexts: Sequence[Context]) -> Any:
        lists.append([context.command.id for context in contexts])
        return behaviour(contexts)

    bench.handlers["echo"] = Registered(handle_many=handle_many, **settings)
    return lists


def ids(contexts: Sequence[Context]) -> list[str]:
    """An answer that says whose it is."""
    return [context.command.id for context in contexts]


def stored(bench: Bench) -> list[Command]:
    """The commands in the order of their ids."""
    return [bench.store.commands[name] for name in sorted(bench.store.commands)]


def test_the_commands_of_an_invocation_come_as_one_list(bench: Bench) -> None:
    """Each gets its own result."""
    lists = takes(bench, ids)
    assert bench.batch(*(mail(n) for n in range(4))) == []
    assert [sorted(one) for one in lists] == [["c-0", "c-1", "c-2", "c-3"]]
    assert [one.result for one in stored(bench)] == ["c-0", "c-1", "c-2", "c-3"]
    assert {one.attempts for one in stored(bench)} == {1}


def test_a_list_has_at_most_as_many_as_its_handler_takes(bench: Bench) -> None:
    """Seven commands by three: three lists."""
    lists = takes(bench, ids, max_batch=3)
    assert bench.batch(*(mail(n) for n in range(7))) == []
    assert sorted(map(len, lists)) == [1, 3, 3]


def test_other_types_of_the_invocation_run_as_ever(bench: Bench) -> None:
    """A list has one type only."""
    lists = takes(bench, ids)
    many = bench.handlers["echo"]
    bench.handlers["other"] = many
    bench.handle(lambda context: context.command.type)
    bench.handlers |= {"one": bench.handlers["echo"], "echo": many}
    types = ["echo", "one", "other", "echo"]
    messages = [
        replace(mail(n), body=f'{{"type": "{kind}", "input": {{}}}}')
        for n, kind in enumerate(types)
    ]
    assert bench.batch(*messages) == []
    assert sorted(map(sorted, lists)) == [["c-0", "c-3"], ["c-2"]]
    assert bench.store.commands["c-1"].result == "one"


def test_each_command_has_an_answer_of_its_own(bench: Bench) -> None:
    """Results, rejections, retries and slices in one list."""
    answers = [{"n": 0}, Rejected("no", code="bad_row"), Retryable("later"), Continue({"at": 7})]
    by_id = {f"c-{n}": answer for n, answer in enumerate(answers)}
    takes(bench, lambda contexts: [by_id[one.command.id] for one in contexts])
    assert bench.batch(*(mail(n) for n in range(4))) == ["m-2"]
    done, rejected, retried, continued = stored(bench)
    assert (done.status, done.result) == (Status.COMPLETED, {"n": 0})
    assert rejected.failure is not None
    assert (rejected.status, rejected.failure.code) == (Status.FAILED, "bad_row")
    assert not rejected.failure.retryable
    assert (retried.status, retried.attempts) == (Status.PENDING, 1)
    assert (continued.status, continued.slices, continued.state) == (Status.PENDING, 1, {"at": 7})
    assert not bench.queue.dead_lettered


def test_a_stopped_command_is_cancelled_alone(bench: Bench) -> None:
    """Its `on_cancel` runs once, its neighbour completes."""
    cleaned: list[str] = []

    def clean(_input: object, context: Context) -> None:
        cleaned.append(context.command.id)

    takes(
        bench,
        lambda contexts: [Cancelled() if one.command.id == "c-0" else 1 for one in contexts],
        on_cancel=clean,
    )
    assert bench.batch(mail(0), mail(1)) == []
    assert [one.status for one in stored(bench)] == [Status.CANCELLED, Status.COMPLETED]
    assert cleaned == ["c-0"]


@pytest.mark.parametrize("error", [Retryable("down"), RuntimeError("bug"), SystemExit(3)])
def test_a_raise_concerns_all_of_the_list(bench: Bench, error: BaseException) -> None:
    """Each has used an attempt, and comes back."""
    takes(bench, lambda _: fail(error))
    assert sorted(bench.batch(mail(0), mail(1))) == ["m-0", "m-1"]
    assert [(one.status, one.attempts) for one in stored(bench)] == [(Status.PENDING, 1)] * 2


@pytest.mark.parametrize("error", [Continue({}), Cancelled()])
def test_what_can_only_be_said_of_one_command_is_not_raised(
    bench: Bench, error: BaseException
) -> None:
    """Nobody's work is cancelled, and no state is everybody's."""
    takes(bench, lambda _: fail(error))
    assert sorted(bench.batch(mail(0), mail(1))) == ["m-0", "m-1"]
    for one in stored(bench):
        assert one.status is Status.PENDING
        assert one.failure is not None
        assert "answer it" in one.failure.message


@pytest.mark.parametrize("answers", [[1], [1, 2, 3], None, {"c-0": 1}, "ok"])
def test_a_list_of_another_length_answers_nobody(bench: Bench, answers: Any) -> None:
    """It cannot be told whose the answers are."""
    takes(bench, lambda _: answers)
    assert sorted(bench.batch(mail(0), mail(1))) == ["m-0", "m-1"]
    for one in stored(bench):
        assert one.failure is not None
        assert one.failure.code == "unexpected_error"
        assert "answers to 2 commands" in one.failure.message


def test_an_exception_of_any_kind_is_an_answer(bench: Bench) -> None:
    """As asyncio.gather returns them; its text is nobody's to read."""
    takes(bench, lambda contexts: [KeyError("secret") for _ in contexts])
    bench.batch(mail(0), mail(1))
    for one in stored(bench):
        assert one.failure is not None
        assert one.failure.message == "Unexpected error in the handler (KeyError)."


def test_an_async_handler_is_awaited(bench: Bench) -> None:
    """As those of one command are."""

    async def answer(contexts: Sequence[Context]) -> list[str]:
        return ids(contexts)

    takes(bench, answer)
    assert bench.batch(mail(0), mail(1)) == []
    assert [one.result for one in stored(bench)] == ["c-0", "c-1"]


def test_what_is_invalid_never_reaches_the_list(bench: Bench) -> None:
    """It is rejected alone."""
    from command_api.domain.violations import Violation  # noqa: PLC0415 - one test's

    bad = mail(0, body='{"input": {"bad": true}}')
    bench.check = lambda _, given: [Violation((), "is bad")] if "bad" in given else ()
    lists = takes(bench, ids)
    assert bench.batch(bad, mail(1)) == []
    assert lists == [["c-1"]]
    assert bench.store.commands["c-0"].status is Status.FAILED


def test_an_invalid_result_fails_one_command(bench: Bench) -> None:
    """The others of the list keep theirs."""
    from command_api.domain.violations import Violation  # noqa: PLC0415 - one test's

    bench.check_result = lambda _, result: [Violation((), "bad")] if result == "c-0" else ()
    takes(bench, ids)
    assert bench.batch(mail(0), mail(1)) == []
    assert [one.status for one in stored(bench)] == [Status.FAILED, Status.COMPLETED]


def test_a_suspect_runs_last_and_alone(bench: Bench) -> None:
    """Those of its list are acknowledged by then."""
    bench.store.commands["c-1"] = command(id="c-1", message_id="m-1", lease=ABANDONED)
    deleted: list[set[str]] = []

    def note(contexts: Sequence[Context]) -> list[str]:
        deleted.append({*bench.queue.deleted})
        return ids(contexts)

    lists = takes(bench, note)
    assert bench.batch(*(mail(n) for n in range(3))) == []
    assert [sorted(one) for one in lists] == [["c-0", "c-2"], ["c-1"]]
    assert deleted == [set(), {"r-0", "r-2"}]
    assert bench.store.commands["c-1"].attempts == 2


def test_a_last_attempt_is_made_alone(bench: Bench) -> None:
    """A list that raises or dies does not end a command that did nothing wrong."""
    last = command(id="c-1", message_id="m-1", status=Status.PENDING, attempts=2, max_attempts=3)
    bench.store.commands["c-1"] = replace(last, lease=None)
    poison = {"c-0"}

    def behaviour(contexts: Sequence[Context]) -> list[str]:
        return fail(RuntimeError()) if poison & {*ids(contexts)} else ids(contexts)

    lists = takes(bench, behaviour)
    assert sorted(bench.batch(*(mail(n) for n in range(3)))) == ["m-0", "m-2"]
    assert lists[0] == ["c-1"]
    assert bench.store.commands["c-1"].status is Status.COMPLETED


def test_an_only_attempt_is_made_in_a_list(bench: Bench) -> None:
    """Where each has one attempt, there would be no list otherwise."""
    lists = takes(bench, ids, max_attempts=1)
    assert bench.batch(mail(0), mail(1)) == []
    assert len(lists) == 1


def test_a_lost_lease_concerns_one_command(bench: Bench) -> None:
    """The others come back without having used an attempt."""

    def overtaken(contexts: Sequence[Context]) -> Any:
        one = next(it for it in contexts if it.command.id == "c-0")
        bench.store.commands["c-0"] = replace(
            bench.store.commands["c-0"], lease=Lease("t-9", LATER)
        )
        return one.once("step", lambda: 1)

    takes(bench, overtaken)
    assert sorted(bench.batch(mail(0), mail(1))) == ["m-0", "m-1"]
    lost, neighbour = stored(bench)
    assert lost.lease is not None
    assert lost.lease.token == "t-9"
    assert (neighbour.status, neighbour.attempts) == (Status.PENDING, 0)


def test_a_lost_lease_can_be_answered(bench: Bench) -> None:
    """A handler that catches it goes on with the others."""
    takes(bench, lambda contexts: [LeaseLost() if i == 0 else 1 for i, _ in enumerate(contexts)])
    assert len(bench.batch(mail(0), mail(1))) == 1
    assert sorted(one.status for one in stored(bench)) == [Status.COMPLETED, Status.PROCESSING]


def test_what_is_committed_stands_whatever_is_answered(bench: Bench) -> None:
    """The commands of a list commit for themselves, and a raise afterwards hits the others."""

    def commit(contexts: Sequence[Context]) -> Any:
        one = next(it for it in contexts if it.command.id == "c-0")
        one.commit({"committed": True}, [])
        raise RuntimeError

    takes(bench, commit)
    assert bench.batch(mail(0), mail(1)) == ["m-1"]
    done, other = stored(bench)
    assert (done.status, done.result) == (Status.COMPLETED, {"committed": True})
    assert (other.status, other.attempts) == (Status.PENDING, 1)


def test_one_command_of_a_list_is_handed_over(bench: Bench) -> None:
    """Its outcome is reported; the others have theirs."""
    outside = Outside(bench)

    def behaviour(contexts: Sequence[Context]) -> list[Any]:
        return [outside.handle(it) if it.command.id == "c-1" else "done" for it in contexts]

    takes(bench, behaviour)
    assert bench.batch(mail(1), mail(2)) == []
    handed, done = stored(bench)
    assert (handed.status, done.result) == (Status.PROCESSING, "done")
    assert outside.report(DONE).status is Status.COMPLETED
    assert bench.store.commands["c-1"].result == {"rows": 7}


def test_a_fifo_group_has_one_command_in_a_list(bench: Bench) -> None:
    """So that its order holds where one of them fails."""

    def behaviour(contexts: Sequence[Context]) -> list[Any]:
        return [Retryable("no") if one == "c-1" else one for one in ids(contexts)]

    lists = takes(bench, behaviour)
    groups = ["a", "a", "b", "a", "b"]
    messages = [mail(n, group=group) for n, group in enumerate(groups)]
    assert bench.batch(*messages, fifo=True) == ["m-1", "m-3"]
    assert [sorted(one) for one in lists] == [["c-0", "c-2"], ["c-1", "c-4"]]
    assert "c-3" not in bench.store.commands


def test_no_list_begins_without_the_time_that_it_needs(bench: Bench) -> None:
    """The claims took longer than thought: no attempt is used."""
    lists = takes(bench, ids, min_seconds=20)
    claim = bench.store.claim

    def slow(*given: Any) -> Any:
        claimed = claim(*given)
        bench.pass_time(6)
        return claimed

    bench.store.claim = slow  # type: ignore[assignment,method-assign]
    assert sorted(bench.batch(mail(0), mail(1), concurrency=1)) == ["m-0", "m-1"]
    assert lists == []
    assert {one.attempts for one in stored(bench)} == {0}


def test_two_writes_per_command(bench: Bench) -> None:
    """A claim and an outcome, as for a command alone."""
    writes: list[str] = []
    for name in ("claim", "finish", "replace", "record", "get"):
        inner = getattr(bench.store, name)

        def count(*given: Any, _inner: Any = inner, _name: str = name) -> Any:
            writes.append(_name)
            return _inner(*given)

        setattr(bench.store, name, count)
    takes(bench, ids)
    bench.batch(*(mail(n) for n in range(5)))
    assert sorted(writes) == ["claim"] * 5 + ["finish"] * 5


def _one(_input: object, _context: object) -> None: ...


def _many(_inputs: object, _contexts: object) -> list[Any]:
    return []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"handle": _one, "handle_many": _many},
        {"handle": _one, "max_batch": 3},
        {"handle_many": _many, "max_batch": 0},
        {"handle_many": _many, "rate": "10/s"},
    ],
)
def test_settings_that_mean_nothing_stop_the_import(settings: dict[str, Any]) -> None:
    """`make package` shows the line."""
    with pytest.raises(ValueError, match="handle"):
        Registered(**settings)


def test_a_batch_handler_has_a_type() -> None:
    """For handlers' own annotations."""
    given: BatchHandler = _many
    assert Registered(handle_many=given).max_batch is None
