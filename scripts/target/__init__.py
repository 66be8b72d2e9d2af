"""Which environment a command line is about, for all tools: `--env NAME` or `--local`."""
