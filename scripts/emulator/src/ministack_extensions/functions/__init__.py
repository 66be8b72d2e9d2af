"""Lambda: what the emulator forgets about event source mappings and versions."""
