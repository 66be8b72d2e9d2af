"""Tools for the people who run the blueprint; each is started with ``python -m scripts.<name>``.

The modules of this folder are what all tools share. `build` and `stack` are the ground on which
operators' tools stand; `local` uses the ground and the tools. tests/scripts/test_structure.py has
the list of who may import whom.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

_VENV = Path(__file__).absolute().parents[1] / ".venv"


def _with_packages() -> None:
    """Go on with .venv/bin/python where this Python lacks the tools' packages; else say how."""
    if all(map(find_spec, ("boto3", "click", "rich"))):
        return
    words = getattr(sys, "orig_argv", [])  # of Python 3.10 and newer
    python = _VENV / "bin" / "python"
    if "-m" in words and python.exists() and Path(sys.prefix) != _VENV:
        words[: words.index("-m")] = [str(python)]
        os.execv(python, words)  # noqa: S606  no shell is needed
    sys.exit("error: this Python has no boto3, click or rich; use .venv/bin/python (make tools)")


# Python looks for the module of `python -m` right now, whichever Python it is.
if sys.argv[:1] == ["-m"]:
    _with_packages()

from scripts.interrupts import end_silently  # noqa: E402  an older Python cannot import it

# A Ctrl-C during the tool's imports has nothing to tell. From then on `scripts.cli.run` decides
# what it means.
if sys.argv[:1] == ["-m"]:
    end_silently()
