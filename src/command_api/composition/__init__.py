"""What several Lambda functions are made of: adapters, chosen by the environment."""
