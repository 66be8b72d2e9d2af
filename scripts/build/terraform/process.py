"""Run one Terraform process so that Ctrl-C ends it the way Terraform wants to be ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from scripts import interrupts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

_FINISHING = b"Terraform is finishing what it began; Ctrl-C again makes it give up\n"
_GIVES_UP = 2
_STDERR = 2  # a signal handler may write there, past the buffer that it may have interrupted


class GaveUp(KeyboardInterrupt):
    """Ctrl-C came twice: Terraform has ended, perhaps without saving its state."""


@contextlib.contextmanager
def started(
    arguments: Sequence[str | Path],
    *,
    directory: Path,
    environ: Mapping[str, str],
    stderr: IO[str] | int,
) -> Iterator[subprocess.Popen[str]]:
    """Start a process that has always ended when the block is left, by an error too.

    It gets a process group of its own: a terminal sends Ctrl-C to the whole group, and Terraform
    takes a second interrupt as the order to give up without saving its state. So Ctrl-C is handed
    on, one for one, while the block reads on to the end of the output: what Terraform says of its
    end is not lost. Then the block is left by KeyboardInterrupt, or by GaveUp.
    """
    ctrl_c = _CtrlC()
    with ctrl_c.handed_on():
        with interrupts.deferred():
            ctrl_c.process = process = subprocess.Popen(
                arguments,
                cwd=directory,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                encoding="utf-8",
                errors="replace",
                process_group=0,
            )
        try:
            yield process
            process.wait()
        except BaseException:
            process.send_signal(signal.SIGINT)
            # Read on while waiting: Terraform would block on a full pipe and never end.
            process.communicate()
            raise
        finally:
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
    if ctrl_c.presses:
        raise KeyboardInterrupt if ctrl_c.presses == 1 else GaveUp


@dataclass
class _CtrlC:
    """Hands Ctrl-C on to a process."""

    process: subprocess.Popen[str] | None = None
    presses: int = 0

    @contextlib.contextmanager
    def handed_on(self) -> Iterator[None]:
        before = signal.getsignal(signal.SIGINT)
        if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
            yield
            return
        signal.signal(signal.SIGINT, self._press)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _press(self, _number: int, _frame: FrameType | None) -> None:
        self.presses += 1
        if self.process is None or self.process.poll() is not None:
            return
        if self.presses == 1:
            os.write(_STDERR, _FINISHING)
        # The second is Terraform's own "give up now"; the third is for one that does not listen.
        self.process.send_signal(signal.SIGINT if self.presses <= _GIVES_UP else signal.SIGKILL)
