"""Everything that a client or an operator can read, in one listing for a reviewer."""
