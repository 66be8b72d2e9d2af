"""Ctrl-C at a terminal: `make` and all that it runs hear of it at once."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scripts.stack.process import ROOT, command_lines
from tests.local.processes import processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scripts.stack.stack import LocalStack

DEADLINE = 300.0
CTRL_C = b"\x03"
# A session gets the terminal that its first process opens; Ctrl-C goes to what it runs there.
AT_THE_TERMINAL = (
    "import os, sys;"
    "os.close(os.open(os.ttyname(0), os.O_RDWR));"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)
SHOWS, HIDES = "\x1b[?25h", "\x1b[?25l"  # the cursor


class Terminal:
    """A terminal in which one command runs."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self.process = process
        self.shown = ""
        self._screen = screen

    def wait_for(self, pattern: str) -> None:
        """Read until this is shown."""
        end = time.monotonic() + DEADLINE
        while not re.search(pattern, self.shown):
            assert self._read(end), f"never shown: {pattern}; shown: {self.shown}"

    def press(self) -> None:
        """Ctrl-C."""
        os.write(self._screen, CTRL_C)

    def end(self) -> None:
        """Read to the end of the command."""
        end = time.monotonic() + DEADLINE
        while self._read(end):
            pass
        self.process.wait(DEADLINE)

    def _read(self, end: float) -> bool:
        ready, _, _ = select.select([self._screen], [], [], max(0.0, end - time.monotonic()))
        assert ready, self.shown
        try:
            some = os.read(self._screen, 65536)
        except OSError:  # Linux, where the last process has closed it
            some = b""
        self.shown += some.decode(errors="replace")
        return bool(some)


@contextlib.contextmanager
def at_a_terminal(*command: str | Path) -> Iterator[Terminal]:
    """Run a command in a terminal of its own; all that is left of it there is ended."""
    screen, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", AT_THE_TERMINAL, *command],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "200", "LINES": "40"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, screen)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(screen)


@pytest.mark.parametrize(
    ("command", "again"),
    [
        ("demo", "make demo"),
        ("preview --pr 7", "make preview PR=7"),
    ],
)
@pytest.mark.long
@pytest.mark.timeout(900)
def test_one_line_says_how_far_make_came(
    local: LocalStack, tmp_path: Path, command: str, again: str
) -> None:
    """And what to run; the cursor is back, Terraform has ended, and `down` leaves nothing."""
    run = f"{sys.executable} -m scripts.local --port {local.port} --state-dir {local.state_dir}"
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@{run} {command}\n")

    with at_a_terminal("make", "-f", makefile) as terminal:
        terminal.wait_for(r"Terraform: [1-9]\d resources done")
        terminal.press()
        terminal.end()

    last = terminal.shown[terminal.shown.rindex("Interrupted") :]
    assert re.match(
        r"Interrupted while applying; \d+ of \d+ resources done"
        r"(, \d+ unknown: the next run starts with an empty emulator)?"
        rf"\. Run: {again} LOCAL_PORT={local.port}\r\n\s*make(\[\d+\])?: ",
        last,
    ), last
    assert "Traceback" not in terminal.shown
    assert terminal.shown.rindex(SHOWS) > terminal.shown.rindex(HIDES)
    assert [line for _, line in command_lines() if f"-chdir={local.state_dir}" in line] == []

    down = subprocess.run(
        [*run.split(), "down"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert down.stdout == "Local stack stopped and removed.\n", down.stderr
    assert processes(local) == []
    assert not local.state_dir.exists()
    assert not local.lock_path.exists()
