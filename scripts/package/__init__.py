"""Build the one Lambda zip that all functions share; ``python -m scripts.package``."""

from scripts.package.build import build

__all__ = ["build"]
