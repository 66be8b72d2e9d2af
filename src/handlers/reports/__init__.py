"""Reports: which commands they are about, and how they are written down."""
