"""Ring every alarm of an environment, and see that somebody hears it."""
