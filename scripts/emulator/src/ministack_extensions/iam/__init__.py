"""IAM: what the emulator evaluates otherwise than AWS."""
