"""`watch` and `submit --wait`: commands followed to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scripts.commands import board
from tests.scripts.commands.conftest import Api, Result, Said, problem, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Result]


def test_waiting_for_a_command_that_fails_is_code_1(api: Api, run: Run) -> None:
    """A script that waits can tell success from failure."""
    failed = {"code": "out_of_stock", "message": "No.", "retryable": False}
    api.says("drawn-1", shown("PROCESSING"), shown("FAILED", error=failed))
    result = run("submit", "--type", "order", "--wait")
    assert (result.code, result.out) == (1, "drawn-1\n")
    assert "PROCESSING" in result.err
    assert result.err.splitlines()[-1] == "drawn-1: out_of_stock: No."


def test_the_progress_of_a_command_is_shown(api: Api, run: Run) -> None:
    """A line for each change, and a bar at the end; what others wrote moves no cursor."""
    for share, note in ((0.25, "1 of\x1b[2J 4"), (0.5, "2 of 4")):
        api.says("c-1", shown("PROCESSING", progress={"share": share, "note": note, "at": "…"}))
    result = run("watch", "c-1", "--timeout", "1")
    assert "c-1: PROCESSING, attempt 1, 25% 1 of" in result.err
    assert "c-1: PROCESSING, attempt 1, 50% 2 of 4\n" in result.err
    assert "━━━━━━━━━━" in result.err
    assert "\x1b" not in result.err


def test_waiting_prints_the_result(api: Api, run: Run) -> None:
    """Below the id, as JSON."""
    api.says("drawn-1", shown("COMPLETED", result={"n": 1}))
    assert run("submit", "--wait").out == 'drawn-1\n{\n  "n": 1\n}\n'


def test_waiting_prints_where_a_large_result_is(api: Api, run: Run) -> None:
    """Its URL."""
    api.says("drawn-1", shown("COMPLETED", resultUrl="https://bucket/result"))
    assert "https://bucket/result" in run("submit", "--wait").out


def test_an_id_that_nobody_knows_is_not_asked_for_for_long(
    api: Api, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be misspelt, so it has no status; the others are followed to their end."""
    monkeypatch.setattr(board, "GIVE_UP_SECONDS", 0.0)
    api.says("c-2", shown("PROCESSING"), shown("COMPLETED"))

    result = run("watch", "c-1", "c-2")

    assert result.code == 1
    assert "QUEUED" not in result.err
    assert "c-1: unknown or still queued after" in result.err.splitlines()[-1]
    assert "c-2: COMPLETED" in result.err


def test_what_was_submitted_here_is_waited_for(
    api: Api, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The API has taken it, so it is queued."""
    monkeypatch.setattr(board, "GIVE_UP_SECONDS", 0.0)
    api.says("drawn-1", problem(404, "Queued."), problem(404, "Queued."), shown("COMPLETED"))

    assert run("submit", "--wait").code == 0


def test_a_wait_ends_with_its_time(api: Api, run: Run) -> None:
    """A command that does not end does not hold a script for ever."""
    api.says("c-1", shown("PROCESSING"))
    result = run("watch", "c-1", "--timeout", "0")
    assert result.code == 1
    assert "not finished within 0 seconds; raise --timeout" in result.err


def test_watching_ends_when_all_have_ended(api: Api, run: Run) -> None:
    """Also those that were unknown at first; a cancelled one is not completed."""
    api.says("c-1", problem(404, "Queued."), shown("COMPLETED"))
    api.says("c-2", shown("CANCELLED"))
    assert run("watch", "c-1").code == 0
    assert run("watch", "c-1", "c-2").code == 1


@pytest.mark.parametrize(
    "trouble", [None, (429, {}), (500, "<html>"), (503, {}), (520, {}), problem(404, "Queued.")]
)
@pytest.mark.parametrize("args", [("watch", "drawn-1"), ("submit", "--wait")])
def test_trouble_on_the_way_is_waited_out(
    api: Api, run: Run, args: tuple[str, ...], trouble: Any
) -> None:
    """A reset connection, throttling, an error of the server, an unknown command: then the end."""
    api.says("drawn-1", trouble, shown("PROCESSING"), trouble, trouble, shown("COMPLETED"))
    result = run(*args)
    assert result.code == 0
    assert len([verb for verb, _, _ in api.asked if verb == "GET"]) == 5
    assert "Traceback" not in result.err
    if trouble is None or trouble[0] != 404:
        assert "trying again" in result.err


@pytest.mark.parametrize("status", [302, 400, 401, 403, 410, 422, 499])
@pytest.mark.parametrize("args", [("watch", "drawn-1"), ("submit", "--wait")])
def test_a_refusal_ends_it_at_once(api: Api, run: Run, args: tuple[str, ...], status: int) -> None:
    """With what the problem document says."""
    errors = [{"pointer": "#/x", "detail": "must be y"}]
    api.says("drawn-1", (status, {"title": "No", "detail": "Not yours.", "errors": errors}))
    result = run(*args)
    assert result.code == 1
    said = f"error: drawn-1: the API answered {status} No: Not yours. (#/x must be y)"
    assert result.err.splitlines()[-1].startswith(said)
    assert len([verb for verb, _, _ in api.asked if verb == "GET"]) == 1


@pytest.mark.parametrize("page", ["<html>Sign in</html>", {"ok": True}, [], "[" * 100_000])
def test_a_proxys_page_ends_it_at_once(api: Api, run: Run, page: object) -> None:
    """With a hint to the URL."""
    api.says("c-1", (200, page))
    result = run("watch", "c-1")
    assert (result.code, len(api.asked)) == (1, 1)
    assert (
        "the response is not a command; check the URL (a proxy or another server may have"
        in result.err
    )


def test_a_wait_is_as_long_as_the_api_asks(
    api: Api, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command has its own Retry-After; what has not changed costs no body."""
    slept: list[float] = []
    monkeypatch.setattr("scripts.interrupts.sleep", slept.append)
    seen = {"retry-after": "7", "etag": 'W/"1"'}
    api.says("c-1", Said(*shown("PENDING"), seen), Said(304, "", seen), shown("COMPLETED"))
    api.says("c-2", Said(503, {}, {"retry-after": "3"}), shown("COMPLETED"))
    assert run("watch", "c-1", "c-2").code == 0
    assert slept == [3, 4, 7]
    assert [path[-3:] for _, path, _ in api.asked] == ["c-1", "c-2", "c-2", "c-1", "c-1"]


def test_what_was_in_the_way_is_said_at_the_end(api: Api, run: Run) -> None:
    """A wait that was in vain has a reason."""
    api.says("c-1", (503, {"detail": "The status cannot be read right now."}))
    result = run("watch", "c-1", "--timeout", "0")
    assert result.code == 1
    said = "(c-1: the API answered 503 Service Unavailable: The status cannot be read right now.)"
    assert said in result.err.splitlines()[-1]
