"""REST APIs: what the emulator's control plane forgets, and a data plane of our own."""
