"""Run suites side by side that mostly wait: `python -m tests.lanes "tests/a tests/b" "tests/c"`.

Each lane is one pytest, whose output comes in one piece when it has ended. They cannot share a
pytest: pytest-terraform does not go with pytest-xdist.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed


def main(lanes: list[str]) -> int:
    """Run all lanes; 1 where one of them fails."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        ended = as_completed([pool.submit(_run, lane) for lane in lanes])
        passed = [_report(one.result()) for one in ended]
    return 0 if all(passed) else 1


def _run(lane: str) -> tuple[str, subprocess.CompletedProcess[str], float]:
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", *lane.split()]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return lane, done, time.monotonic() - begun


def _report(ended: tuple[str, subprocess.CompletedProcess[str], float]) -> bool:
    lane, done, seconds = ended
    sys.stdout.write(f"--- {lane} ({seconds:.0f} s)\n{done.stdout}")
    sys.stdout.flush()
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
