"""What a command is and which rules its life follows: standard library only."""
