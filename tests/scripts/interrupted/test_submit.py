"""Ctrl-C while a file of commands is submitted."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from tests.scripts.interrupted.process import (
    MOMENTS,
    MOST_SECONDS,
    Ended,
    interrupt,
    started,
    wait_for,
)
from tests.scripts.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMANDS = 200
AGAIN = "run the same command again; commands that were accepted do not run twice"


@dataclass
class SlowApi:
    """Takes each command after `seconds`; with a `status` other than 202 it takes none."""

    seconds: float = 0.03
    status: int = 202
    url: str = ""
    asked: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve(api: SlowApi) -> Iterator[SlowApi]:
    """The API on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["content-length"] or 0))
            command_id = self.path.rsplit("/", 1)[1]
            api.asked.append(command_id)
            api.closing.wait(api.seconds)
            if api.status == 202:
                # Before it is said: a client that has heard of it is in the list.
                api.taken.append(command_id)
            try:
                self.send_response(api.status)
                self.send_header("retry-after", "60")
                self.end_headers()
            except OSError:
                self.close_connection = True

        do_GET = do_PUT  # noqa: N815 - the name is the protocol's

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with serving(Handler) as api.url:
        try:
            yield api
        finally:
            api.closing.set()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Many commands without ids."""
    path = tmp_path / "orders.jsonl"
    path.write_text("".join(json.dumps({"input": {"n": n}}) + "\n" for n in range(COMMANDS)))
    return path


def submit(api: SlowApi, file: Path, asked: int, *, again_after: float | None = None) -> Ended:
    """Submit the file, and press Ctrl-C once the API was asked that often."""
    words = ("-m", "scripts.commands", "submit", "--file", str(file), "--endpoint", api.url)
    with started(*words) as process:
        wait_for(process, lambda: len(api.asked) >= asked)
        return interrupt(process, again_after=again_after)


def check(ended: Ended, api: SlowApi) -> None:
    """It ended in time, said how far it came, and told the truth."""
    assert ended.code == 130, ended
    assert ended.seconds < MOST_SECONDS, ended
    assert "Traceback" not in ended.err
    assert AGAIN in ended.err
    said = re.search(
        rf"interrupted: submitted (\d+) of {COMMANDS} commands"
        r"(?:; (\d+) more without an answer yet)?",
        ended.err,
    )
    assert said, ended
    submitted, unknown = int(said[1]), int(said[2] or 0)
    ids = ended.out.split()
    assert len({*ids}) == len(ids) == submitted
    assert {*ids} <= {*api.taken}
    assert len(api.asked) - submitted <= unknown


@pytest.mark.parametrize("asked", [1 + 5 * moment for moment in MOMENTS])
def test_what_was_taken_is_counted_at_any_moment(file: Path, asked: int) -> None:
    """Nothing hangs, and each acknowledged command is in the list."""
    with serve(SlowApi()) as api:
        check(submit(api, file, asked), api)


def test_an_api_that_never_answers_holds_nobody(file: Path) -> None:
    """What is under way then is said to be unknown."""
    with serve(SlowApi(seconds=60)) as api:
        ended = submit(api, file, 8)
        check(ended, api)
    assert "submitted 0 of 200 commands; 8 more without an answer yet" in ended.err


def test_a_pause_between_two_tries_ends_with_it(file: Path) -> None:
    """The API asks for a minute."""
    with serve(SlowApi(seconds=0, status=503)) as api:
        ended = submit(api, file, 8)
    assert (ended.code, ended.seconds < MOST_SECONDS) == (130, True), ended
    assert f"submitted 0 of {COMMANDS} commands" in ended.err


@pytest.mark.parametrize("again_after", [0.0, 0.01, 0.05, 0.2, 0.4, 0.6])
def test_a_second_ctrl_c_ends_it_where_it_is(file: Path, again_after: float) -> None:
    """Without a traceback; what is not said then was not promised either."""
    with serve(SlowApi(seconds=60)) as api:
        ended = submit(api, file, 8, again_after=again_after)
    assert ended.code in {130, -2}, ended
    assert ended.seconds < MOST_SECONDS
    assert "Traceback" not in ended.err


def test_the_same_command_again_submits_the_rest_under_the_same_ids(file: Path) -> None:
    """So that nothing runs twice."""
    with serve(SlowApi()) as api:
        first = submit(api, file, 60).out.split()
        words = ("-m", "scripts.commands", "submit", "--file", str(file), "--endpoint", api.url)
        api.seconds = 0
        with started(*words, "--concurrency", "16") as process:
            out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert {*first} <= {*out.split()}
    assert len({*api.taken}) == len(out.split()) == COMMANDS


@pytest.mark.parametrize("again_after", [None, 0.0, 0.1])
def test_watching_ends_at_once(again_after: float | None) -> None:
    """It says that the commands go on, and how to see more of them."""
    with serve(SlowApi(seconds=0, status=503)) as api:
        words = ("-m", "scripts.commands", "watch", "c-1", "c-2", "--endpoint", api.url)
        with started(*words) as process:
            wait_for(process, lambda: len(api.asked) >= 2)
            ended = interrupt(process, again_after=again_after)
    assert ended.code in ({130} if again_after is None else {130, -2}), ended
    assert ended.seconds < MOST_SECONDS
    assert "Traceback" not in ended.err
    if again_after is None:
        assert "watch c-1 c-2" in ended.err


@pytest.mark.parametrize("ignored", [False, True])
def test_ctrl_c_during_the_imports_is_silent(tmp_path: Path, *, ignored: bool) -> None:
    """Nothing was begun, so there is nothing to say; who ignores SIGINT (nohup) goes on."""
    (tmp_path / "click.py").write_text(
        f"import pathlib, signal, time; here = pathlib.Path({str(tmp_path)!r})\n"
        "signal.getsignal(2) is signal.SIG_IGN and (here / 'on').touch()\n"
        "(here / 'here').touch()\n"
        f"time.sleep({0 if ignored else 30})\n"
    )
    run = "import os, signal, sys; signal.signal(2, signal.SIG_IGN); os.execv(sys.executable, "
    run += "[sys.executable, '-m', 'scripts.commands'])"
    words = ("-c", run) if ignored else ("-m", "scripts.commands")
    with started(*words, PYTHONPATH=str(tmp_path)) as process:
        wait_for(process, (tmp_path / "here").exists) if not ignored else process.wait(30)
        if ignored:
            assert (tmp_path / "on").exists()
            return
        ended = interrupt(process)
    assert (ended.code, ended.out, ended.err) == (-2, "", "")
