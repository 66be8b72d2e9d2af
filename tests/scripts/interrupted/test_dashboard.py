"""Ctrl-C in the dashboard."""

from __future__ import annotations

import threading
import urllib.request
from contextlib import suppress

import pytest

from tests.scripts.interrupted.process import MOST_SECONDS, TIMES, interrupt, later, started

DASHBOARD = """
import sys, time
from types import SimpleNamespace
import click
from scripts import cli
from scripts.local.dashboard import redriving, server

def find():
    return SimpleNamespace(target=SimpleNamespace(command=lambda *words: " ".join(words)))

def redrive(*_, **__):
    time.sleep(60)

def look(*_):
    time.sleep(60)

redriving.redrive = redrive
server.Dashboard._state = look

@click.command()
def tool():
    server.run(find, None, lambda url: click.echo(url))

sys.exit(cli.run(tool, []))
"""


@pytest.mark.parametrize("_", range(TIMES))
def test_the_dashboard_waits_for_nobody(_: int) -> None:
    """Neither for a request that is under way nor for a redrive, which can be gone on with."""
    with started("-c", DASHBOARD) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        begun = threading.Event()
        threading.Thread(target=ask, args=(url, begun)).start()
        assert begun.wait(30)
        later()
        ended = interrupt(process)
    assert ended.code == 0, ended
    assert ended.seconds < MOST_SECONDS
    assert "Traceback" not in ended.err
    assert "redrive interrupted; no message is lost. To continue: redrive --apply" in ended.err


def ask(url: str, begun: threading.Event) -> None:
    """Begin a redrive, then ask for what never comes."""
    headers = {"content-type": "application/json", "origin": url.rstrip("/")}
    redrive = urllib.request.Request(  # noqa: S310 - a URL of the test's own
        f"{url}api/redrive", b'{"apply": true, "ids": []}', headers
    )
    urllib.request.urlopen(redrive, timeout=30).close()  # noqa: S310
    begun.set()
    with suppress(OSError):
        urllib.request.urlopen(f"{url}api/state", timeout=30)  # noqa: S310
