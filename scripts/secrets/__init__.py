"""List, seed and read the secrets of an environment; ``python -m scripts.secrets``."""
