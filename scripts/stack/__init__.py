"""The local stack: the emulator as a process, and environments applied to it."""
