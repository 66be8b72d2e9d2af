"""What the name of a queue says."""

from __future__ import annotations


def is_fifo(queue: str) -> bool:
    """Whether the queue of this URL keeps an order; AWS demands this ending of exactly such."""
    return queue.endswith(".fifo")
