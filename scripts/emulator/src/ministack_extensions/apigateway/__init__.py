"""HTTP APIs: what API Gateway does beyond Lambda and HTTP integrations."""
