"""The schedule engine: dates, slack and drivers of a plan, by Microsoft Project's rules.

`schedule` is the whole public face. Inside: `network` lays the plan out as rows and orders them,
`spans` knows how a start becomes a finish, `passes` runs forward and backward, `outcome` makes dates of instants.
The rules are told in docs/explanation/schedule.md. Not here: levelling, Monte Carlo, comparison with stored dates.
"""

from headway.engine.cpm.outcome import schedule

__all__ = ["schedule"]
