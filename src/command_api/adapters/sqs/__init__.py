"""The queue of commands: its messages, and new ones."""
