"""What the design assumes about AWS, and a probe for each assumption."""
