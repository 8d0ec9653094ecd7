"""Pages of one project and the list of projects."""
