"""Write an environment's ``backend.tf``: ``python -m scripts.build.backend ENV``."""
