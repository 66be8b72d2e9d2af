"""Build the one Lambda zip that all functions share; ``python -m scripts.build.package``."""

from scripts.build.package.build import build

__all__ = ["build"]
