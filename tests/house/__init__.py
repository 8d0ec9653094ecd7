"""What holds for the whole house: its registry, who may do what, and what a client never sees."""
