"""Tokens of callers, where API Gateway does not check them itself: WebSocket APIs."""
