"""The same questions to every door, on one local stack or at a deployed API."""
