"""Secrets Manager: what the emulator makes up about secrets without a value."""
