"""The outside world behind the ports of the domain, and the in-memory twins of it."""
