"""What builds, checks and documents the project, for developers and workflows."""
