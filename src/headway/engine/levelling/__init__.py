"""Levelling: schedules within the units that people and machines have.

Both ways see a plan through `view`; one scheduled from its finish in a `mirror`.
By rules: `rules` (what is done), `order` (who gives way), `sweep` (the pass), `profile` and `rooms` (work and
capacity), `clear`.
By search: `problem` (the task in whole periods), `search` with its loops in `kernel` and arrays in `tables`, `bound`
and `proof` (how short a schedule can be), `peak` (least units); for plans `optimise`, with `grid` (a plan in slots),
`ordered` (the search's order on true calendars) and `staffing` (who fills a role).
Beside other work of its people a plan is levelled by either (`beside`).
The ways and their rules are told in docs/explanation/levelling.md.
"""
