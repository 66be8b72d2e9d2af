"""Run one Terraform process so that Ctrl-C ends it the way Terraform wants to be ended."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from typing import IO, TYPE_CHECKING

from scripts import interrupts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


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
    takes a second interrupt as the order to give up without saving its state: GaveUp.
    """
    process = None
    try:
        with interrupts.deferred():
            process = subprocess.Popen(
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
        yield process
        process.wait()
    except BaseException:
        if process is None:
            raise
        alone = False
        with contextlib.suppress(KeyboardInterrupt):
            alone = _stopped(process)
        if not alone:
            raise GaveUp from None
        raise
    finally:
        for stream in (process.stdout, process.stderr) if process else ():
            if stream:
                stream.close()


def _stopped(process: subprocess.Popen[str]) -> bool:
    """End the process; whether one interrupt was enough."""
    if process.poll() is None:
        sys.stderr.write("Terraform is finishing what it began; Ctrl-C again makes it give up\n")
    # The second is Terraform's own "give up now"; the third is for one that does not listen.
    for press, number in enumerate((signal.SIGINT, signal.SIGINT, signal.SIGKILL), start=1):
        with contextlib.suppress(KeyboardInterrupt):
            process.send_signal(number)
            # Read on while waiting: Terraform would block on a full pipe and never end.
            process.communicate()
            return press == 1
    process.wait()
    return False
