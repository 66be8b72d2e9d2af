"""One Lambda handler per file: event in, answer out."""
