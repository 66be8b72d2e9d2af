"""Webhooks' deliveries: list them, show one, and replay those that failed."""
