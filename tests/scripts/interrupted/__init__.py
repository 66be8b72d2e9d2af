"""Every tool that starts threads, interrupted at many moments."""
