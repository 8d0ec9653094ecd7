"""Pages of a person's day: the Desk and the inbox."""
