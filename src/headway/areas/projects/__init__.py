"""Projects: charter, scope, members, stakeholders, risks, issues, decisions, assumptions, imports.

Not here: tasks and dates (schedule), money (budgets), hours. Everything above hangs on a project
by its id and asks here who holds which role on it.
"""
