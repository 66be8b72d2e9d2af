"""SES: what of it the emulator does not judge."""
