"""What the system does, in its own words."""
