"""Budgets: approved amounts and their changes, burn and alerts, planned and earned value.

Not here: the hours themselves and their rates (hours), the baseline (schedule), the formulas (engine).
"""
