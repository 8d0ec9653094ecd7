"""Capacity: how full people are over all projects, day by day, and proposals that mend what does not fit.

Not here: levelling itself (`headway.engine.levelling`), its job (`journeys.levelling`), the plans (schedule).
"""
