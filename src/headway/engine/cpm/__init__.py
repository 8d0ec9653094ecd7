"""The schedule engine: dates, slack and drivers of a plan, by Microsoft Project's rules.

`schedule` gives the dates of a plan, `whatif.scheduled` follows changes of it, `programme` schedules several plans
together, `why` tells what a date hangs on and `difference` what moved and because of which change.
Inside: `layout` makes flat columns (`columns`) of a plan, `spans` knows how a start becomes a finish, `clock` holds the
work periods, `kernel` has the rules of both passes, `calculation` runs them, `outcome` makes dates of instants,
`network` gives the columns as objects to other calculations.
The rules are told in docs/explanation/schedule.md. Not here: levelling, Monte Carlo, comparison with stored dates.
"""

from headway.engine.cpm.outcome import schedule

__all__ = ["schedule"]
