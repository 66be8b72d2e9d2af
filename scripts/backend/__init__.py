"""Write an environment's ``backend.tf``: ``python -m scripts.backend ENV``."""
