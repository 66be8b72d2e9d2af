"""Recurring schedules: list them, show when they fire, pause and resume them."""
