"""Tools for the people who run the blueprint; each is started with ``python -m scripts.<name>``."""
