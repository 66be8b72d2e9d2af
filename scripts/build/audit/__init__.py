"""Ask whether a pinned package has a known weakness: ``python -m scripts.build.audit``."""
