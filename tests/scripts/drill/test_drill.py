"""`python -m scripts.drill`: every alarm is set off, and who is not heard is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from scripts.dlq import __main__ as dlq
from scripts.drill import ways
from scripts.errors import OperatorError
from tests.targets import target

if TYPE_CHECKING:
    from scripts.target.target import Target
    from tests.scripts.drill.conftest import World
    from tests.scripts.web import Web

Run = Callable[..., tuple[int, str, str]]


def cleaned_up(world: World) -> bool:
    """Whether the mailbox, its subscription and the dead-letter message are gone."""
    messages = [one["ReceiptHandle"] for one in world.called("delete_message")]
    return (
        len(world.called("delete_queue")) == len(world.called("create_queue")) == 1
        and len(world.called("unsubscribe")) == len(world.called("subscribe"))
        and set(world.messages) <= set(messages)
    )


def test_every_alarm_is_heard(run: Run, world: World) -> None:
    """Given alarms that work, the table has a line for each, and nothing is left behind."""
    code, out, err = run("--local")

    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert ["dead-letter-messages", "a", "dead-letter", "message", "0", "s", "0", "s"] in lines
    assert ["oldest-message", "SetAlarmState", "0", "s", "0", "s"] in lines
    assert lines[-1][0] == "customers-affected"
    assert cleaned_up(world)


def test_late_commands_are_a_metric_of_every_minute(run: Run, world: World) -> None:
    """The age of commands is above the objective in all minutes that the alarm looks at."""
    assert run("--local", "--only", "command-age")[0] == 0

    data = [one["MetricData"][0] for one in world.called("put_metric_data")]
    assert {one["Values"][0] for one in data} == {301.0}
    assert len({int(one["Timestamp"] // 60) for one in data}) == 4


def test_a_silent_alarm_is_named(run: Run, world: World) -> None:
    """Given an alarm that nobody hears, the drill fails with one line, and clears up."""
    world.silent = {"oldest-message"}

    code, _, err = run("--local", "--timeout", "1")

    assert code == 1
    assert err.startswith("error: nobody heard oldest-message; ")
    assert err.count("\n") == 1
    assert cleaned_up(world)


def test_an_alarm_that_goes_on_is_named(run: Run, world: World) -> None:
    """Given an alarm that does not end, the drill fails with its section of the runbook."""
    world.stuck = {"dead-letter-messages"}

    code, _, err = run("--local", "--timeout", "1")

    assert code == 1
    assert "dead-letter-messages did not go back to OK" in err
    assert "runbook.md#dead-letter-messages" in err


def test_an_alarm_that_rings_already_is_no_drill(run: Run, world: World) -> None:
    """Given real trouble on AWS, nothing is set off; nor for this alarm alone."""
    world.states["dead-letter-messages"] = "ALARM"

    for args in (("--env", "dev", "--yes"), ("--local", "--only", "dead-letter-messages")):
        code, _, err = run(*args)

        assert code == 1
        assert "dead-letter-messages rings already" in err
        assert world.called("create_queue") == []


def test_after_the_demo_the_drill_leaves_the_dead_letter_messages_out(
    run: Run, world: World
) -> None:
    """The demo leaves a dead-letter message by design: the drill says so and rings the others."""
    world.states["dead-letter-messages"] = "ALARM"

    code, out, _ = run("--local")

    assert code == 0
    assert "dead-letter-messages: rings already, left out; see python -m scripts.dlq show" in out
    assert world.called("send_message") == []
    assert world.called("put_metric_data") != []


def test_states_only(run: Run, world: World) -> None:
    """With --states no message is sent and no metric written."""
    assert run("--local", "--states")[0] == 0
    assert world.called("send_message") == world.called("put_metric_data") == []


@pytest.mark.parametrize(
    ("args", "code", "complaint"),
    [
        (("--local", "--only", "nothing"), 1, "there is no alarm nothing; there are: command-age"),
        (("--local", "--only", "customers-affected"), 1, "add, say, --only command-age"),
        (("--local", "--timeout", "0"), 2, "--timeout"),
    ],
)
def test_wrong_usage_is_one_line(
    run: Run, args: tuple[str, ...], code: int, complaint: str
) -> None:
    """What cannot be done is said, and what could be."""
    found, _, err = run(*args)

    assert found == code
    assert complaint in err
    assert err.count("\n") == 1


def test_nobody_is_called_by_accident(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On AWS the environment's name has to be typed."""
    monkeypatch.setattr("click.prompt", lambda *_, **__: "yes")
    assert run("--env", "prod")[0] == 1
    assert world.asked == []

    monkeypatch.setattr("click.prompt", lambda *_, **__: "prod")
    assert run("--env", "prod")[0] == 0


def test_a_failure_in_the_middle_leaves_nothing_behind(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an interruption while alarms are set off, message, mailbox and subscription go."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(ways.WAYS, "oldest-message", ways.Way("", interrupted))  # type: ignore[arg-type]

    assert run("--local")[0] == 130
    assert world.messages
    assert cleaned_up(world)


def test_a_worker_that_does_not_crash_is_an_error(applied: Target) -> None:
    """Given a worker that takes anything, the drill says so."""
    with pytest.raises(OperatorError, match="did not crash"):
        ways.crash(applied, {})


def test_bad_requests_are_enough_to_count(applied: Target, web: Web) -> None:
    """Twice as many requests as the alarm wants to see, for commands that nobody knows."""
    outputs = {**applied.outputs, "commands_endpoint": f"{web.url}/commands"}
    alarm = {"Metrics": [{"Expression": "IF(FILL(requests, 0) >= 7, 1, 0)"}]}

    ways.bad_requests(target(outputs), alarm)

    assert len(web.asked) == 14
    assert all(path.startswith("/commands/drill-") for path in web.asked)


def test_a_message_that_is_not_found_again_is_named(
    applied: Target, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a command line that there is: a redriven drill does nothing and completes."""
    monkeypatch.setattr(ways, "_LOOKS", 1)
    undo = ways.dead_letter(applied, {})
    [command_id] = world.messages
    world.messages.clear()
    with pytest.raises(OperatorError) as error:
        undo()
    words = str(error.value).partition("python -m scripts.dlq ")[2].split()
    assert words == ["redrive", "--apply", "--id", command_id, "--local"]
    assert {one.name for one in dlq.dlq.commands["redrive"].params} >= {"apply", "ids", "local"}
