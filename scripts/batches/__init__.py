"""Batches of commands by hand."""
