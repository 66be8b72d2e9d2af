"""The local stack: an AWS emulator on loopback, with what it lacks added, started and stopped."""
