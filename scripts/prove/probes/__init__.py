"""Probes by topic; each function is one assumption, and its docstring the statement."""
