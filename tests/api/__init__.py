"""The same questions to every deployment, on one local stack or at a deployed API."""
