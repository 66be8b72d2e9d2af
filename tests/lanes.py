"""Run lanes side by side: `python -m tests.lanes "scripts.build.check && pytest a" "pytest b"`.

A lane is what Python's -m takes; after `&&` comes what follows if that has passed. The first prints
as it goes; the others, which mostly wait, each in one piece when they have ended. They cannot share
a pytest: pytest-terraform does not go with pytest-xdist.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import chain

# A lane, its exit code, what it printed where it does not print as it goes, and its seconds.
Ended = tuple[str, int, str, float]


def main(lanes: list[str]) -> int:
    """Run all lanes; 1 where one of them fails."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        first = pool.submit(_run, lanes[0], None)
        others = [pool.submit(_run, lane, subprocess.PIPE) for lane in lanes[1:]]
        passed = [_report(one.result()) for one in chain([first], as_completed(others))]
    return 0 if all(passed) else 1


def _run(lane: str, out: int | None) -> Ended:
    begun = time.monotonic()
    err = None if out is None else subprocess.STDOUT
    said = ""
    for part in lane.split("&&"):
        command = [sys.executable, "-m", *part.split()]
        done = subprocess.run(command, stdout=out, stderr=err, text=True, check=False)
        said += done.stdout or ""
        if done.returncode:
            break
    return lane, done.returncode, said, time.monotonic() - begun


def _report(ended: Ended) -> bool:
    lane, code, said, seconds = ended
    sys.stdout.write(f"--- {lane} ({seconds:.0f} s)\n{said}")
    sys.stdout.flush()
    return code == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
