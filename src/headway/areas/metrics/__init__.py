"""Metrics: KPIs with their targets and samples, what they are judged to be, and service levels.

A KPI gets its samples from a query by name, from a file, or typed by a person; a correction is a new revision. Not
here: what is measured (the areas above, asked through the registry), and how a value is judged (engine.kpi).
"""
