"""Kill loops and drills: real processes, real databases, a list of what was acknowledged."""
