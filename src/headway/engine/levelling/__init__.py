"""Levelling: schedules within the units that people and machines have.

`problem` states the task in whole periods, `search` looks for short schedules, `bound` says how short one can be.
The ways and their rules are told in docs/explanation/levelling.md.
"""
