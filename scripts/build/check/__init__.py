"""Every check of the project that is not a test: `python -m scripts.build.check [NAME...]`."""
