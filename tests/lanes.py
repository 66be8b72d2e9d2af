"""Run suites side by side: `python -m tests.lanes "tests/a tests/b" "tests/c"`.

Each lane is one pytest. The first prints as it goes; the others, which mostly wait, each in one
piece when they have ended. They cannot share a pytest: pytest-terraform does not go with
pytest-xdist.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import chain


def main(lanes: list[str]) -> int:
    """Run all lanes; 1 where one of them fails."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        first = pool.submit(_run, lanes[0], None)
        others = [pool.submit(_run, lane, subprocess.PIPE) for lane in lanes[1:]]
        passed = [_report(one.result()) for one in chain([first], as_completed(others))]
    return 0 if all(passed) else 1


def _run(lane: str, out: int | None) -> tuple[str, subprocess.CompletedProcess[str], float]:
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", *lane.split()]
    err = None if out is None else subprocess.STDOUT
    done = subprocess.run(command, stdout=out, stderr=err, text=True, check=False)
    return lane, done, time.monotonic() - begun


def _report(ended: tuple[str, subprocess.CompletedProcess[str], float]) -> bool:
    lane, done, seconds = ended
    sys.stdout.write(f"--- {lane} ({seconds:.0f} s)\n{done.stdout or ''}")
    sys.stdout.flush()
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
