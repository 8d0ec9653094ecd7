"""Pages that bring files into a project."""
