"""What a KPI says: its value from samples, attainment, colour, limits and signals, service levels, data quality.

Plain numbers in, frozen answers out: no KPI's name, owner or source is known here. The rules with their reasons are in
docs/explanation/metrics.md.
"""
