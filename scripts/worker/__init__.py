"""The worker's runtime switches, for operators."""
