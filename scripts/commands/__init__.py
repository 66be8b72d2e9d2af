"""Commands from the operator's side of the API."""
