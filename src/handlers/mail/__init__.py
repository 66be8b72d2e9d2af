"""Mail: which addresses are sent to, and how SES answers."""
