"""Tools for the people who run the blueprint; each is started with ``python -m scripts.<name>``.

The modules of this folder are what all tools share. `build` and `stack` are the ground on which
operators' tools stand; `local` uses the ground and the tools. tests/scripts/test_structure.py has
the list of who may import whom.
"""
