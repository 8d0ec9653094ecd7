"""Pages of what a person is asked to approve."""
