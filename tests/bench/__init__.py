"""The project's worker beside others that do the same job: `make bench`."""
