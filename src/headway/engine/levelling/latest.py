"""The latest start of each row that keeps the finish, by the clock.

The late start of the schedule is reckoned in working time, where all instants of a night are one. A task that works
while its successor rests may so have a late start after the moment that its link needs: no slack to level within.
"""

from __future__ import annotations

from headway.engine.calendars import instant
from headway.engine.cpm.network import Kind, Network, Tie
from headway.engine.plan import Schedule


def latest_starts(network: Network, before: Schedule) -> tuple[int, ...]:
    """By row: no later than its late start in `before`, nor than lets every row after it start by its own latest."""
    count = len(network.tasks)
    known = before.by_uid()
    spans = [(instant(known[task.uid].start), instant(known[task.uid].finish)) for task in network.tasks]
    latest = [instant(known[task.uid].late_start) for task in network.tasks]
    for node in reversed(network.order):
        row = node % count
        if node >= count:
            latest[row] = min(latest[child] for child in network.children[row])
        elif not network.summary[row]:
            latest[row] = _begun(network, row, _linked(network, spans, latest, row))
    return tuple(latest)


def _linked(network: Network, spans: list[tuple[int, int]], latest: list[int], row: int) -> int:
    """The latest start that the links of a row, and of the summaries above it, allow."""
    span, allowed, above = network.spans[row], latest[row], row
    while above >= 0:
        for tie in network.out_of[above]:
            of_finish = tie.kind is Kind.FS or tie.kind is Kind.FF
            if network.tasks[tie.successor].actual_start is not None or network.placed[tie.successor]:
                continue  # stands where it is
            limit = _before(tie.between(*spans[above]), _wanted(network, latest, tie))
            if above != row and not of_finish and spans[row][0] > limit:
                continue  # a summary starts with tasks that begin earlier
            allowed = min(allowed, span.start(limit) if of_finish else limit)
        above = network.parent[above]
    return allowed


def _wanted(network: Network, latest: list[int], tie: Tie) -> int:
    """By when a link must reach its successor."""
    row = tie.successor
    if tie.kind is Kind.FS or tie.kind is Kind.SS:
        return latest[row] - max(0, network.delays[row])
    return network.spans[row].finish(latest[row]) - max(0, network.delays[row])


def _before(tie: Tie, limit: int) -> int:
    """The last moment from which the lag leads to `limit` or earlier."""
    if tie.lag == 0:
        return limit
    if tie.elapsed:
        return limit - tie.lag
    worked = tie.axis.position(limit) - tie.lag
    found = tie.axis.start_at(worked)
    return found if tie.forward(found) <= limit else tie.axis.start_at(worked - 1)


def _begun(network: Network, row: int, limit: int) -> int:
    """The last moment at or before `limit` at which the row itself can start."""
    span = network.spans[row]
    return limit if span.next_start(limit) <= limit else span.previous_finish(limit) - 1
