"""Make the blueprint yours: your project's name, and only the parts that you want."""
