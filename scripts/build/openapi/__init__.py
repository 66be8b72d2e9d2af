"""The description of dev's API, as a document and as a page to read."""
