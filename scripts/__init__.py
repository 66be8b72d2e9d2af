"""Tools for the people who run the blueprint; each is started with ``python -m scripts.<name>``.

The modules of this folder are what all tools share. `build` and `stack` are the ground on which
operators' tools stand; `local` uses the ground and the tools. tests/scripts/test_structure.py has
the list of who may import whom.
"""

import sys

from scripts.interrupts import end_silently

# Python looks for the module of `python -m` right now: a Ctrl-C during the tool's imports has
# nothing to tell. From then on `scripts.cli.run` decides what it means.
if sys.argv[:1] == ["-m"]:
    end_silently()
