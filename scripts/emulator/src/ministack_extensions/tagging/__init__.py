"""The Resource Groups Tagging API: what the emulator leaves out of its list."""
