"""The Desk: what needs a person today, across all of their projects, ranked by what happens if nothing is done.

Not here: what the lines are about. Each area above registers a provider that gives its own lines; the Desk ranks
them, hides what is snoozed, and hands on what is delegated.
"""
