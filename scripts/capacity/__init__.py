"""How much an environment takes, what breaks first, and what a month costs."""
