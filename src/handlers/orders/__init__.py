"""Orders: where they are stored."""
