"""What the emulator lacks of CloudWatch Logs."""
