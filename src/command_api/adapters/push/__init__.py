"""Live push: what a watched command becomes, told over open connections."""
