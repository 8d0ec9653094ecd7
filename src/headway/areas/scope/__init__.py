"""Scope: what a project delivers and what it does not, and the changes of it that are asked for.

A scope statement lists items with their contract hours or fee, how they are accepted, and the rows of the plan that
deliver them; approving it freezes a version. A change request (`CR-3`) has options; each option is a list of changes of
the plan, and its effect is computed from the plan before anybody decides. Not here: the plan (schedule), the budget's
own changes (budgets), and computing an effect over both (journeys.impact).
"""
