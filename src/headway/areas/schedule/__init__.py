"""Plans: tasks, links, calendars, resources, assignments, baselines, progress, computed dates.

The engine computes; this area stores. A row's `definition` is the engine's own record as JSON and
the only truth; the columns beside it are derived from it for lists and look-ups.
"""
