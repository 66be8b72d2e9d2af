"""What an environment tells its functions, read once per cold start."""
