"""Remove what temporary environments left behind: ``python -m scripts.cleanup``."""
