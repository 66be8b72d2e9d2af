"""What the framework and its client know of batches, beside scripts/framework.py."""

from __future__ import annotations

import scripts.framework  # noqa: F401 - it finds the sources of what follows
from command_api.http import batches as batch_view
from command_client import batches, uploads

__all__ = ["batch_view", "batches", "uploads"]
