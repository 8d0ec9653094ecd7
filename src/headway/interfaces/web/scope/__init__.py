"""Pages of scope statements and change requests."""
