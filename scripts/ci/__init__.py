"""What GitHub's workflows run, testable on any machine: ``python -m scripts.ci``."""
