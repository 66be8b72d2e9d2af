"""Fault injection on the local stack, and what becomes of commands: `python -m tests.faults`."""

import sys
from pathlib import Path

# The ledger reads the table with the worker's own code, which pytest finds by its configuration.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
