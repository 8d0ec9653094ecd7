"""The page of a person's own tasks over all projects."""
