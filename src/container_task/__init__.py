"""What runs in the container: a simulation that reports on its command."""
