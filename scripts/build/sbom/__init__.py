"""Say what the Lambda zip brings of others, as CycloneDX: ``python -m scripts.build.sbom``."""
