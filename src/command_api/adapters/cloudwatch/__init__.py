"""Logs and metrics, both as lines that the function prints."""
