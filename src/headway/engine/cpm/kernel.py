"""The rules of both passes over flat columns: the one place where early and late dates come about.

Written in the part of Python that numba compiles, so that the same functions run as they are over lists (small plans,
the web process) and compiled over arrays (`headway.engine._compiled.cpm`). Only whole numbers; nothing is made or kept.
Rule names (F1, B2 …) are those of docs/explanation/schedule.md; what a column holds, `columns` says.
Not here: laying a plan out (`layout`), following one change (`whatif`), dates and sentences (`outcome`).

Arguments that recur: rows, links, parts, projects, dates - the flat tables of `columns`; clock - the work periods of
all axes (`clock`); edge - one number that is set when a date lies beyond the periods: then nothing else counts.
A row number times its table's width is where the row begins; `at`, `here` and `there` are such places.
"""

# ruff: noqa: PLR1714, SIM109 - in plain code two comparisons are quicker than a tuple made for each test

from __future__ import annotations

from headway.engine.cpm.columns import (
    ACTUAL_FINISH,
    ACTUAL_START,
    ALAP,
    ALLOWED,
    ASAP,
    AXIS,
    BY_ACTUAL,
    BY_ASSIGNMENT,
    BY_CALENDAR,
    BY_CHILD,
    BY_CONSTRAINT,
    BY_DEADLINE,
    BY_DELAY,
    BY_DURATION,
    BY_HAND,
    BY_LINK,
    BY_PROJECT,
    BY_RESOURCE,
    BY_TIME,
    BY_WORK,
    CAUSE,
    CAUSE_AT,
    CAUSE_TIE,
    COMPLETE,
    CONSTRAINT,
    CONSTRAINT_AT,
    DATE,
    DEADLINE,
    DELAY,
    DIRECTION,
    EF,
    ES,
    EXTERNAL,
    FAR_FUTURE,
    FAR_PAST,
    FF,
    FINISH_CAUSE,
    FINISH_SLACK,
    FINISH_TIE,
    FINISHED,
    FIRST_CHILD,
    FIRST_IN,
    FIRST_OUT,
    FIRST_PART,
    FLAGS,
    FNET,
    FNLT,
    FORCED_LATE,
    FREE_SLACK,
    FROM_FINISH,
    FROM_START,
    FS,
    HEAD,
    HIGH,
    HONOURED,
    INLET,
    INLET_AT,
    INLET_CAUSE,
    INLET_TIE,
    KIND,
    LAG,
    LAG_AXIS,
    LAG_SHARE,
    LATE_CAUSE,
    LATE_TIE,
    LENGTH,
    LF,
    LOW,
    LS,
    MANUAL,
    MFO,
    MSO,
    NEXT_CHILD,
    NEXT_IN,
    NEXT_OUT,
    OUTLET,
    OUTLET_TIE,
    OWN_END,
    PARENT,
    PART,
    PART_AXIS,
    PART_DELAY,
    PART_ELAPSED_DELAY,
    PART_LENGTH,
    PART_REMAINING,
    PARTS,
    PERIOD,
    PIN_FINISH,
    PIN_START,
    PLACED,
    PREDECESSOR,
    PROJECT,
    PROJECT_FINISH,
    PROJECT_START,
    PROJECT_WIDTH,
    REMAINING,
    ROUND_THE_CLOCK,
    ROW,
    SF,
    SLACK_AXIS,
    SNET,
    SNLT,
    SS,
    START_SLACK,
    STARTED,
    SUCCESSOR,
    SUMMARY,
    TASK_AXIS,
    TIME_BITS,
    TOTAL,
    TOTAL_SLACK,
    TYPED,
    TYPED_FINISH,
    TYPED_START,
    UID,
    WHOLE_SHARE,
    WORK_BITS,
    Ints,
)

# ---- working time -----------------------------------------------------------------------------


def position(clock: Ints, edge: Ints, axis: int, at: int) -> int:
    """Work before an instant on an axis; the same for every instant of one gap."""
    head = axis * HEAD
    if clock[head] == ROUND_THE_CLOCK:
        return at
    if at < clock[head + LOW] or at >= clock[head + HIGH]:
        if edge[0] == 0:  # the first edge counts: what follows from it means nothing
            edge[0] = -1 - axis if at < clock[head + LOW] else 1 + axis
        return 0
    place = clock[clock[head + BY_TIME] + ((at - clock[head + LOW]) >> TIME_BITS)]
    while clock[place + PERIOD] <= at:
        place += PERIOD
    end = clock[place + 1]
    return clock[place + 2] + (at if at < end else end) - clock[place]


def _instant(clock: Ints, edge: Ints, axis: int, worked: int, amount: int) -> int:
    """The instant of an amount in the period that holds the unit of work after `worked`."""
    head = axis * HEAD
    if worked < 0 or worked >= clock[head + TOTAL]:
        if edge[0] == 0:
            edge[0] = -1 - axis if worked < 0 else 1 + axis
        return 0
    place = clock[clock[head + BY_WORK] + (worked >> WORK_BITS)]
    while clock[place + PERIOD + 2] <= worked:
        place += PERIOD
    return clock[place] + amount - clock[place + 2]


def start_at(clock: Ints, edge: Ints, axis: int, amount: int) -> int:
    """The instant at which the work after an amount begins."""
    if clock[axis * HEAD] == ROUND_THE_CLOCK:
        return amount
    return _instant(clock, edge, axis, amount, amount)


def finish_at(clock: Ints, edge: Ints, axis: int, amount: int) -> int:
    """The instant at which the work before an amount ends."""
    if clock[axis * HEAD] == ROUND_THE_CLOCK:
        return amount
    return _instant(clock, edge, axis, amount - 1, amount)


def between(clock: Ints, edge: Ints, axis: int, start: int, finish: int) -> int:
    """Working time from start to finish; negative when finish lies earlier."""
    if start == finish:
        return 0
    return position(clock, edge, axis, finish) - position(clock, edge, axis, start)


# ---- how long a task takes ----------------------------------------------------------------------


def _part_start(parts: Ints, clock: Ints, edge: Ints, part: int, base: int) -> int:
    axis = parts[part + PART_AXIS]
    worked = position(clock, edge, axis, base + parts[part + PART_ELAPSED_DELAY])
    return start_at(clock, edge, axis, worked + parts[part + PART_DELAY])


def span_next_start(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int, base: int) -> int:
    """The task's start when nothing holds it after `base`; a milestone stays exactly there (C7)."""
    if rows[at + PARTS] > 0:
        first = rows[at + FIRST_PART] * PART
        found = _part_start(parts, clock, edge, first, base)
        for part in range(first + PART, first + rows[at + PARTS] * PART, PART):
            found = min(found, _part_start(parts, clock, edge, part, base))
        return found
    if rows[at + LENGTH] == 0:
        return base
    axis = rows[at + AXIS]
    return start_at(clock, edge, axis, position(clock, edge, axis, base))


def span_finish(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int, base: int) -> int:
    """The finish of a task begun at `base` (W2, W7)."""
    if rows[at + PARTS] > 0:
        first = rows[at + FIRST_PART] * PART
        found = FAR_PAST
        for part in range(first, first + rows[at + PARTS] * PART, PART):
            axis = parts[part + PART_AXIS]
            begun = _part_start(parts, clock, edge, part, base)
            worked = position(clock, edge, axis, begun) + parts[part + PART_LENGTH]
            found = max(found, finish_at(clock, edge, axis, worked))
        return found
    if rows[at + LENGTH] == 0:
        return base
    axis = rows[at + AXIS]
    return finish_at(clock, edge, axis, position(clock, edge, axis, base) + rows[at + LENGTH])


def span_start(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int, finish: int) -> int:
    """The latest start that ends by `finish`."""
    if rows[at + PARTS] > 0:
        first = rows[at + FIRST_PART] * PART
        base = FAR_FUTURE
        for part in range(first, first + rows[at + PARTS] * PART, PART):
            axis = parts[part + PART_AXIS]
            worked = position(clock, edge, axis, finish) - parts[part + PART_LENGTH] - parts[part + PART_DELAY]
            base = min(base, start_at(clock, edge, axis, worked) - parts[part + PART_ELAPSED_DELAY])
        return span_next_start(rows, parts, clock, edge, at, base)
    if rows[at + LENGTH] == 0:
        return finish
    axis = rows[at + AXIS]
    return start_at(clock, edge, axis, position(clock, edge, axis, finish) - rows[at + LENGTH])


def span_previous_finish(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int, limit: int) -> int:
    """The last finish at or before `limit` (C6); a milestone stays exactly there."""
    if rows[at + PARTS] > 0:
        first = rows[at + FIRST_PART] * PART
        found = FAR_PAST
        for part in range(first, first + rows[at + PARTS] * PART, PART):
            axis = parts[part + PART_AXIS]
            found = max(found, finish_at(clock, edge, axis, position(clock, edge, axis, limit)))
        return found
    if rows[at + LENGTH] == 0:
        return limit
    axis = rows[at + AXIS]
    return finish_at(clock, edge, axis, position(clock, edge, axis, limit))


def span_resume(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int, finish: int) -> int:
    """Where the remaining work begins that ends at `finish` (B3)."""
    if rows[at + PARTS] > 0:
        first = rows[at + FIRST_PART] * PART
        found = FAR_FUTURE
        for part in range(first, first + rows[at + PARTS] * PART, PART):
            if parts[part + PART_REMAINING] > 0:
                axis = parts[part + PART_AXIS]
                worked = position(clock, edge, axis, finish) - parts[part + PART_REMAINING]
                found = min(found, start_at(clock, edge, axis, worked))
        return found if found < FAR_FUTURE else finish
    if rows[at + REMAINING] == 0:
        return finish
    axis = rows[at + AXIS]
    return start_at(clock, edge, axis, position(clock, edge, axis, finish) - rows[at + REMAINING])


def _kept_finish(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int, limit: int) -> int:
    """A finish bound on the very start of a work period stays there: 08:00, not 17:00 the day before (F2)."""
    if rows[at + PARTS] > 0 or rows[at + LENGTH] == 0:
        return FAR_PAST
    return limit if span_next_start(rows, parts, clock, edge, at, limit) == limit else FAR_PAST


# ---- links ------------------------------------------------------------------------------------


def lag_of(rows: Ints, links: Ints, dates: Ints, clock: Ints, edge: Ints, tie: int) -> int:
    """The lag of a link; a share of what a summary before it lasts follows from that summary's early dates (F3)."""
    share = links[tie + LAG_SHARE]
    if share == 0:
        return links[tie + LAG]
    before = links[tie + PREDECESSOR]
    there = before * DATE
    lasts = between(clock, edge, rows[before * ROW + TASK_AXIS], dates[there + ES], dates[there + EF])
    return (lasts * share + WHOLE_SHARE // 2) // WHOLE_SHARE


def lag_forward(links: Ints, clock: Ints, edge: Ints, tie: int, lag: int, at: int) -> int:
    """Where a link's lag leads to from the predecessor's date (F3)."""
    if lag == 0:
        return at
    axis = links[tie + LAG_AXIS]
    worked = position(clock, edge, axis, at) + lag
    return finish_at(clock, edge, axis, worked) if lag > 0 else start_at(clock, edge, axis, worked)


def lag_backward(links: Ints, clock: Ints, edge: Ints, tie: int, lag: int, at: int) -> int:
    """Where a link's lag leads back to from the successor's date: the latest instant it allows."""
    if lag == 0:
        return at
    axis = links[tie + LAG_AXIS]
    return start_at(clock, edge, axis, position(clock, edge, axis, at) - lag)


def reached_by(rows: Ints, links: Ints, dates: Ints, clock: Ints, edge: Ints, tie: int) -> int:
    """What a link asks of its successor: its start (FS, SS) or its finish (FF, SF)."""
    before = links[tie + PREDECESSOR]
    kind = links[tie + KIND]
    source = dates[before * DATE + (EF if kind == FS or kind == FF else ES)]
    source -= _delay_at_finish(rows, before * ROW)
    return lag_forward(links, clock, edge, tie, lag_of(rows, links, dates, clock, edge, tie), source)


def _delay_at_finish(rows: Ints, at: int) -> int:
    """The negative delay of a row placed from the plan's finish: what follows stands as if there were none (F7)."""
    if rows[at + DELAY] < 0 and rows[at + FLAGS] & (STARTED | FROM_FINISH) == FROM_FINISH:
        return rows[at + DELAY] if rows[at + CONSTRAINT] != ASAP else 0
    return 0


def _is_preferred(rows: Ints, links: Ints, tie: int, other: int) -> bool:
    """Which of two links that ask for the same is named: the lower predecessor, so that their order never matters."""
    mine, theirs = rows[links[tie + PREDECESSOR] * ROW + UID], rows[links[other + PREDECESSOR] * ROW + UID]
    if mine != theirs:
        return mine < theirs
    if links[tie + KIND] != links[other + KIND]:
        return links[tie + KIND] < links[other + KIND]
    return links[tie + LAG] < links[other + LAG]


def _is_preferred_after(rows: Ints, links: Ints, tie: int, other: int) -> bool:
    """The same of two links to successors."""
    mine, theirs = rows[links[tie + SUCCESSOR] * ROW + UID], rows[links[other + SUCCESSOR] * ROW + UID]
    if mine != theirs:
        return mine < theirs
    if links[tie + KIND] != links[other + KIND]:
        return links[tie + KIND] < links[other + KIND]
    return links[tie + LAG] < links[other + LAG]


# ---- forward ------------------------------------------------------------------------------------


def forward(
    rows: Ints,
    links: Ints,
    parts: Ints,
    projects: Ints,
    dates: Ints,
    clock: Ints,
    edge: Ints,
    order: Ints,
    first: int,
    nodes: int,
) -> int:
    """Early dates from one node of the order on; gives where it stopped, at an edge or at the end."""
    for number in range(first, nodes):
        forward_node(rows, links, parts, projects, dates, clock, edge, order[number])
        if edge[0] != 0:
            return number
    return nodes


def forward_node(
    rows: Ints, links: Ints, parts: Ints, projects: Ints, dates: Ints, clock: Ints, edge: Ints, node: int
) -> None:
    """Early dates of one row, or what bounds the leaves below a summary."""
    if node & 1:
        _inlet(rows, links, dates, clock, edge, node >> 1)
    elif rows[(node >> 1) * ROW + FLAGS] & SUMMARY:
        _roll_up_early(rows, parts, dates, clock, edge, node >> 1)
    else:
        _place(rows, links, parts, projects, dates, clock, edge, node >> 1)


def _inlet(rows: Ints, links: Ints, dates: Ints, clock: Ints, edge: Ints, row: int) -> None:
    """What bounds the start of every leaf below a summary (R3, R4)."""
    at, here = row * ROW, row * DATE
    bound, cause, cause_tie, cause_at = FAR_PAST, BY_PROJECT, -1, 0
    parent = rows[at + PARENT]
    if parent >= 0:
        above = parent * DATE
        bound, cause = dates[above + INLET], dates[above + INLET_CAUSE]
        cause_tie, cause_at = dates[above + INLET_TIE], dates[above + INLET_AT]
    own = -1
    tie = rows[at + FIRST_IN]
    while tie >= 0:
        reached = reached_by(rows, links, dates, clock, edge, tie)
        if reached > bound or (reached == bound and own >= 0 and _is_preferred(rows, links, tie, own)):
            bound, cause, cause_tie, cause_at = reached, BY_LINK, tie, reached
            own = tie
        tie = links[tie + NEXT_IN]
    if rows[at + DELAY] != 0 and bound > FAR_PAST:
        bound += rows[at + DELAY]
    if rows[at + CONSTRAINT] == SNET and rows[at + CONSTRAINT_AT] > bound:
        bound = rows[at + CONSTRAINT_AT]
        cause, cause_tie, cause_at = BY_CONSTRAINT, -1, bound
    dates[here + INLET] = bound
    dates[here + INLET_CAUSE] = cause
    dates[here + INLET_TIE] = cause_tie
    dates[here + INLET_AT] = cause_at


def _roll_up_early(rows: Ints, parts: Ints, dates: Ints, clock: Ints, edge: Ints, row: int) -> None:
    """Dates of a summary from its children, or as a person typed them (R1, R5)."""
    at, here = row * ROW, row * DATE
    start, finish, complete, first = FAR_FUTURE, FAR_PAST, 1, -1
    child = rows[at + FIRST_CHILD]
    while child >= 0:
        there = child * DATE
        if dates[there + ES] < start:
            start, first = dates[there + ES], child
        finish = max(finish, dates[there + EF])
        complete &= dates[there + COMPLETE]
        child = rows[child * ROW + NEXT_CHILD]
    if rows[at + FLAGS] & TYPED:
        start, finish = _typed_start(rows, parts, clock, edge, at), _typed_finish(rows, parts, clock, edge, at)
    dates[here + ES], dates[here + EF] = start, finish
    dates[here + COMPLETE] = complete
    dates[here + CAUSE], dates[here + CAUSE_TIE] = BY_CHILD, first


def _typed_start(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int) -> int:
    """The start a person typed, or the one that leads to the typed finish."""
    if rows[at + TYPED_START] > FAR_PAST:
        return rows[at + TYPED_START]
    return span_start(rows, parts, clock, edge, at, rows[at + TYPED_FINISH])


def _typed_finish(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int) -> int:
    """The finish a person typed, or the one that follows from the typed start."""
    if rows[at + TYPED_FINISH] > FAR_PAST:
        return rows[at + TYPED_FINISH]
    return span_finish(rows, parts, clock, edge, at, rows[at + TYPED_START])


def _place(
    rows: Ints, links: Ints, parts: Ints, projects: Ints, dates: Ints, clock: Ints, edge: Ints, row: int
) -> None:
    """Early dates of one leaf."""
    at, here = row * ROW, row * DATE
    flags = rows[at + FLAGS]
    dates[here + ALLOWED] = FAR_PAST
    dates[here + COMPLETE] = 1 if flags & FINISHED else 0
    dates[here + CAUSE_TIE], dates[here + CAUSE_AT] = -1, 0
    dates[here + FINISH_TIE] = -1
    if flags & STARTED:
        _place_started(rows, parts, dates, clock, edge, at, here)
    elif flags & TYPED:
        dates[here + ES] = _typed_start(rows, parts, clock, edge, at)
        dates[here + EF] = _typed_finish(rows, parts, clock, edge, at)
        dates[here + CAUSE] = dates[here + FINISH_CAUSE] = BY_HAND
    elif dates[here + PIN_START] > FAR_PAST and flags & FROM_FINISH == 0:
        dates[here + ES], dates[here + EF] = dates[here + PIN_START], dates[here + PIN_FINISH]
        dates[here + CAUSE] = dates[here + FINISH_CAUSE] = BY_CONSTRAINT
    else:
        _place_by_logic(rows, links, parts, projects, dates, clock, edge, row)


def _place_started(rows: Ints, parts: Ints, dates: Ints, clock: Ints, edge: Ints, at: int, here: int) -> None:
    """A task that has begun: its actual start beats everything (F6)."""
    flags = rows[at + FLAGS]
    start = rows[at + ACTUAL_START]
    dates[here + ES] = start
    dates[here + CAUSE] = BY_ACTUAL
    if flags & FINISHED:
        dates[here + EF] = rows[at + ACTUAL_FINISH]
        dates[here + FINISH_CAUSE] = BY_ACTUAL
        return
    if flags & TYPED:
        finish, cause = _typed_finish(rows, parts, clock, edge, at), BY_HAND
    else:
        finish = span_finish(rows, parts, clock, edge, at, start)
        cause = BY_ASSIGNMENT if rows[at + PARTS] > 0 else BY_DURATION
        if rows[at + CONSTRAINT] == FNET and rows[at + CONSTRAINT_AT] > finish:
            finish, cause = rows[at + CONSTRAINT_AT], BY_CONSTRAINT
    dates[here + EF] = max(start, finish)
    dates[here + FINISH_CAUSE] = cause


def _place_by_logic(
    rows: Ints, links: Ints, parts: Ints, projects: Ints, dates: Ints, clock: Ints, edge: Ints, row: int
) -> None:
    """Early dates by links, constraint, delay and calendars (F1 to F5)."""
    at, here = row * ROW, row * DATE
    flags, constraint, date = rows[at + FLAGS], rows[at + CONSTRAINT], rows[at + CONSTRAINT_AT]
    project_start = projects[rows[at + PROJECT] * PROJECT_WIDTH + PROJECT_START]
    parent = rows[at + PARENT]
    base, exact, cause, cause_tie, cause_at = FAR_PAST, FAR_PAST, BY_PROJECT, -1, 0
    unbound = rows[at + FIRST_IN] < 0  # then a no-earlier-than date stands in for the project start
    if parent >= 0 and dates[parent * DATE + INLET] > FAR_PAST:
        unbound = False
        above = parent * DATE
        if dates[above + INLET_CAUSE] == BY_LINK or dates[above + INLET] > project_start:
            base, cause = dates[above + INLET], dates[above + INLET_CAUSE]
            cause_tie, cause_at = dates[above + INLET_TIE], dates[above + INLET_AT]
    finish_cause, finish_tie = BY_ASSIGNMENT if rows[at + PARTS] > 0 else BY_DURATION, -1
    usual = finish_cause
    rank, own = -1, -1  # of the link of this row that sets the base
    tie = rows[at + FIRST_IN]
    while tie >= 0:
        wanted = reached_by(rows, links, dates, clock, edge, tie)
        kind, kept, mine = links[tie + KIND], FAR_PAST, 1
        limit = wanted
        if kind == FF or kind == SF:
            wanted = span_start(rows, parts, clock, edge, at, limit)
            if kind == FF and wanted < project_start:
                wanted, mine = project_start, 0
            elif lag_of(rows, links, dates, clock, edge, tie) == 0:
                kept = _kept_finish(rows, parts, clock, edge, at, limit)
                mine = 2 if kept > FAR_PAST else 1
        better = wanted > base
        if wanted == base and own >= 0:
            better = mine > rank or (mine == rank and _is_preferred(rows, links, tie, own))
        if better:
            base, exact, rank, own = wanted, kept, mine, tie
            cause, cause_tie, cause_at = (BY_PROJECT, -1, 0) if mine == 0 else (BY_LINK, tie, limit)
            ends = mine != 0 and (kind == FF or kind == SF)
            finish_cause, finish_tie = (BY_LINK, tie) if ends else (usual, -1)
        tie = links[tie + NEXT_IN]
    if base == FAR_PAST:
        base, exact, cause, cause_tie, cause_at = project_start, FAR_PAST, BY_PROJECT, -1, 0
    if constraint == SNET and (unbound or date > base):
        base, exact, cause, cause_tie, cause_at = date, FAR_PAST, BY_CONSTRAINT, -1, date
        finish_cause, finish_tie = usual, -1
    delay = rows[at + DELAY] if constraint != ALAP else 0
    if delay > 0:
        base, exact, cause, cause_tie, cause_at = base + delay, FAR_PAST, BY_DELAY, -1, delay
        finish_cause, finish_tie = usual, -1
    if constraint == FNET:
        wanted = span_start(rows, parts, clock, edge, at, date)
        if wanted > base or (unbound and rows[at + DELAY] == 0 and flags & FROM_FINISH == 0):
            base, exact = wanted, _kept_finish(rows, parts, clock, edge, at, date)
            cause, cause_tie, cause_at = BY_CONSTRAINT, -1, date
            finish_cause, finish_tie = BY_CONSTRAINT, -1
    start = span_next_start(rows, parts, clock, edge, at, base)
    finish = exact if exact > FAR_PAST else span_finish(rows, parts, clock, edge, at, base)
    if _is_forced_early(flags, constraint):
        forced_start, forced_finish = _forced(rows, parts, clock, edge, at, start, finish)
        if forced_start != start or forced_finish != finish:
            cause, cause_tie, cause_at = BY_CONSTRAINT, -1, date
            finish_cause, finish_tie = BY_CONSTRAINT, -1
            if forced_start < start or (forced_start == start and forced_finish < finish):
                dates[here + ALLOWED] = finish
        start, finish = forced_start, forced_finish
    elif dates[here + FORCED_LATE] > FAR_PAST:
        start, finish, cause, cause_tie, cause_at = dates[here + LS], dates[here + LF], BY_CONSTRAINT, -1, date
        finish_cause, finish_tie = BY_CONSTRAINT, -1
    elif cause != BY_CONSTRAINT and cause != BY_DELAY and start > base:
        axis = rows[at + TASK_AXIS]
        if start > start_at(clock, edge, axis, position(clock, edge, axis, base)):
            cause, cause_tie, cause_at = BY_RESOURCE, -1, 0
        elif cause == BY_PROJECT:
            cause = BY_CALENDAR
    dates[here + ES], dates[here + EF] = start, finish
    dates[here + CAUSE], dates[here + CAUSE_TIE], dates[here + CAUSE_AT] = cause, cause_tie, cause_at
    dates[here + FINISH_CAUSE], dates[here + FINISH_TIE] = finish_cause, finish_tie


def _is_forced_early(flags: int, constraint: int) -> bool:
    """Whether a date beats the links going forward: the hard ones; from the finish only the two 'must' (F5, F7)."""
    if flags & HONOURED == 0:
        return False
    if constraint == MSO or constraint == MFO:
        return True
    return (constraint == SNLT or constraint == FNLT) and flags & FROM_FINISH == 0


def _forced(rows: Ints, parts: Ints, clock: Ints, edge: Ints, at: int, start: int, finish: int) -> tuple[int, int]:
    """Start and finish under an honoured hard constraint (F5)."""
    constraint, date = rows[at + CONSTRAINT], rows[at + CONSTRAINT_AT]
    if constraint == MSO:
        return (
            span_next_start(rows, parts, clock, edge, at, date),
            span_finish(rows, parts, clock, edge, at, date),
        )
    if constraint == MFO or (constraint == FNLT and finish > date):
        return span_start(rows, parts, clock, edge, at, date), date
    if constraint == SNLT and start > date:
        return date, span_finish(rows, parts, clock, edge, at, date)
    return start, finish


def project_finishes(rows: Ints, projects: Ints, dates: Ints, count: int) -> None:
    """Set the finish of each project that is scheduled from its start: the last early finish of its own rows."""
    for place in range(0, len(projects), PROJECT_WIDTH):
        if projects[place + DIRECTION] == FROM_START:
            projects[place + PROJECT_FINISH] = FAR_PAST
    for row in range(count):
        at = row * ROW
        place = rows[at + PROJECT] * PROJECT_WIDTH
        if projects[place + DIRECTION] == FROM_START and rows[at + FLAGS] & EXTERNAL == 0:
            projects[place + PROJECT_FINISH] = max(projects[place + PROJECT_FINISH], dates[row * DATE + EF])
    for place in range(0, len(projects), PROJECT_WIDTH):
        if projects[place + PROJECT_FINISH] == FAR_PAST:
            projects[place + PROJECT_FINISH] = projects[place + PROJECT_START]


def project_starts(rows: Ints, projects: Ints, dates: Ints, count: int) -> None:
    """Set the start of each project that is scheduled from its finish: the earliest late start of its leaves (F7)."""
    for place in range(0, len(projects), PROJECT_WIDTH):
        if projects[place + DIRECTION] != FROM_START:
            projects[place + PROJECT_START] = FAR_FUTURE
    for row in range(count):
        at = row * ROW
        place = rows[at + PROJECT] * PROJECT_WIDTH
        if projects[place + DIRECTION] != FROM_START and rows[at + FLAGS] & (EXTERNAL | SUMMARY) == 0:
            projects[place + PROJECT_START] = min(projects[place + PROJECT_START], dates[row * DATE + LS])
    for place in range(0, len(projects), PROJECT_WIDTH):
        if projects[place + PROJECT_START] == FAR_FUTURE:
            projects[place + PROJECT_START] = projects[place + PROJECT_FINISH]


# ---- backward -----------------------------------------------------------------------------------


def backward(
    rows: Ints,
    links: Ints,
    parts: Ints,
    projects: Ints,
    dates: Ints,
    clock: Ints,
    edge: Ints,
    order: Ints,
    first: int,
    nodes: int,
) -> int:
    """Late dates from one node of the reversed order on; gives where it stopped, at an edge or at the end."""
    for number in range(first, nodes):
        backward_node(rows, links, parts, projects, dates, clock, edge, order[nodes - 1 - number])
        if edge[0] != 0:
            return number
    return nodes


def backward_node(
    rows: Ints, links: Ints, parts: Ints, projects: Ints, dates: Ints, clock: Ints, edge: Ints, node: int
) -> None:
    """Late dates of one row, or what bounds the finish of the leaves below a summary."""
    if node & 1:
        _roll_up_late(rows, dates, node >> 1)
    elif rows[(node >> 1) * ROW + FLAGS] & SUMMARY:
        _outlet(rows, links, parts, dates, clock, edge, node >> 1)
    else:
        _place_late(rows, links, parts, projects, dates, clock, edge, node >> 1)


def _roll_up_late(rows: Ints, dates: Ints, row: int) -> None:
    """Late dates of a summary from its children (R1, R6)."""
    dates[row * DATE + LS], dates[row * DATE + LF] = rolled_up(rows, dates, row)


def rolled_up(rows: Ints, dates: Ints, row: int) -> tuple[int, int]:
    """The earliest and latest late dates of a summary's children; a manual child counts with its early ones (R6)."""
    start, finish = FAR_FUTURE, FAR_PAST
    child = rows[row * ROW + FIRST_CHILD]
    while child >= 0:
        there = child * DATE
        if rows[child * ROW + FLAGS] & (MANUAL | SUMMARY) == MANUAL:
            start, finish = min(start, dates[there + ES]), max(finish, dates[there + EF])
        else:
            start, finish = min(start, dates[there + LS]), max(finish, dates[there + LF])
        child = rows[child * ROW + NEXT_CHILD]
    return start, finish


def _outlet(rows: Ints, links: Ints, parts: Ints, dates: Ints, clock: Ints, edge: Ints, row: int) -> None:
    """What bounds the finish of every leaf below a summary (R3)."""
    at, here = row * ROW, row * DATE
    bound, cause_tie, own = FAR_FUTURE, -1, -1
    parent = rows[at + PARENT]
    if parent >= 0:
        bound, cause_tie = dates[parent * DATE + OUTLET], dates[parent * DATE + OUTLET_TIE]
    tie = rows[at + FIRST_OUT]
    while tie >= 0:
        if links[tie + KIND] == FS or links[tie + KIND] == FF:
            limit = finish_limit(rows, links, parts, dates, clock, edge, tie)
            if limit < bound or (limit == bound and own >= 0 and _is_preferred_after(rows, links, tie, own)):
                bound, cause_tie = limit, tie
                own = tie
        tie = links[tie + NEXT_OUT]
    dates[here + OUTLET], dates[here + OUTLET_TIE] = bound, cause_tie


def finish_limit(rows: Ints, links: Ints, parts: Ints, dates: Ints, clock: Ints, edge: Ints, tie: int) -> int:
    """The latest finish (FS, FF) or start (SS, SF) of the predecessor that a link allows (B1 to B3)."""
    after = links[tie + SUCCESSOR]
    at, there = after * ROW, after * DATE
    if dates[there + COMPLETE] == 1:
        return FAR_FUTURE
    flags, kind = rows[at + FLAGS], links[tie + KIND]
    if kind == FS and flags & (STARTED | SUMMARY) == STARTED:
        limit = span_resume(rows, parts, clock, edge, at, dates[there + EF])
    elif flags & (TYPED | FROM_FINISH | SUMMARY) == TYPED | FROM_FINISH:
        limit = dates[there + (ES if kind == FS or kind == SS else EF)]  # what was typed drives (R5, F7)
    else:
        limit = dates[there + (LS if kind == FS or kind == SS else LF)]
    if rows[at + DELAY] > 0 and rows[at + CONSTRAINT] != ALAP and flags & STARTED == 0:
        limit -= rows[at + DELAY]
    return lag_backward(links, clock, edge, tie, lag_of(rows, links, dates, clock, edge, tie), limit)


def _place_late(
    rows: Ints, links: Ints, parts: Ints, projects: Ints, dates: Ints, clock: Ints, edge: Ints, row: int
) -> None:
    """Late dates of one leaf (B1 to B6, P5, C6, C7)."""
    at, here = row * ROW, row * DATE
    flags = rows[at + FLAGS]
    dates[here + LATE_TIE] = -1
    dates[here + FORCED_LATE] = FAR_PAST
    if flags & (STARTED | FINISHED) == STARTED | FINISHED:
        dates[here + LS], dates[here + LF] = rows[at + ACTUAL_START], rows[at + ACTUAL_FINISH]
        dates[here + LATE_CAUSE] = BY_ACTUAL
        return
    if dates[here + PIN_START] > FAR_PAST and flags & FROM_FINISH:
        dates[here + LS], dates[here + LF] = dates[here + PIN_START], dates[here + PIN_FINISH]
        dates[here + LATE_CAUSE] = BY_CONSTRAINT
        return
    placed, begun = flags & PLACED != 0, flags & STARTED != 0
    held = not (placed or begun)
    constraint, date = rows[at + CONSTRAINT] if held else ASAP, rows[at + CONSTRAINT_AT]
    if flags & HONOURED and (constraint == MSO or constraint == MFO):
        dates[here + LATE_CAUSE] = BY_CONSTRAINT
        if constraint == MSO:
            dates[here + LS] = span_next_start(rows, parts, clock, edge, at, date)
            dates[here + LF] = span_finish(rows, parts, clock, edge, at, date)
        else:
            dates[here + LS], dates[here + LF] = span_start(rows, parts, clock, edge, at, date), date
        return
    limit, cause, cause_tie = _late_limit(rows, links, parts, projects, dates, clock, edge, row)
    if rows[at + DELAY] < 0 and not (flags & FROM_FINISH and constraint == ASAP):
        limit += rows[at + DELAY]
    if held and (constraint == SNLT or constraint == MSO):
        latest = span_finish(rows, parts, clock, edge, at, date)
        if latest < limit:
            limit, cause, cause_tie = latest, BY_CONSTRAINT, -1
    elif held and constraint == MFO and date < limit:
        limit, cause, cause_tie = date, BY_CONSTRAINT, -1
    if rows[at + DEADLINE] < limit:
        limit, cause, cause_tie = rows[at + DEADLINE], BY_DEADLINE, -1
    finish = limit if placed else span_previous_finish(rows, parts, clock, edge, at, limit)
    start = rows[at + ACTUAL_START] if begun else span_start(rows, parts, clock, edge, at, finish)
    if held and flags & HONOURED and dates[here + ALLOWED] > FAR_PAST:
        start, finish, cause, cause_tie = dates[here + ES], dates[here + EF], BY_CONSTRAINT, -1
    if held and flags & (HONOURED | FROM_FINISH) == HONOURED | FROM_FINISH:
        if constraint == SNET and start < date:
            dates[here + FORCED_LATE] = start
            start, finish = date, span_finish(rows, parts, clock, edge, at, date)
            cause, cause_tie = BY_CONSTRAINT, -1
        elif constraint == FNET and finish < date:
            dates[here + FORCED_LATE] = start
            start, finish = span_start(rows, parts, clock, edge, at, date), date
            cause, cause_tie = BY_CONSTRAINT, -1
    dates[here + LS], dates[here + LF] = start, finish
    dates[here + LATE_CAUSE], dates[here + LATE_TIE] = cause, cause_tie


def _late_limit(
    rows: Ints, links: Ints, parts: Ints, projects: Ints, dates: Ints, clock: Ints, edge: Ints, row: int
) -> tuple[int, int, int]:
    """The latest finish that successors and the project allow, with what sets it (B1, B4, B5)."""
    at, here = row * ROW, row * DATE
    flags = rows[at + FLAGS]
    limit, cause, cause_tie, own = FAR_FUTURE, BY_PROJECT, -1, -1
    parent = rows[at + PARENT]
    if parent >= 0 and dates[parent * DATE + OUTLET] < FAR_FUTURE:
        limit, cause, cause_tie = dates[parent * DATE + OUTLET], BY_LINK, dates[parent * DATE + OUTLET_TIE]
    tie = rows[at + FIRST_OUT]
    while tie >= 0:
        kind = links[tie + KIND]
        counts = True
        if kind == SS or kind == SF:
            counts = flags & PLACED == 0 and not (kind == SS and flags & STARTED)
        if counts:
            allowed = finish_limit(rows, links, parts, dates, clock, edge, tie)
            if allowed < FAR_FUTURE:
                if kind == SS or kind == SF:
                    allowed = span_finish(rows, parts, clock, edge, at, allowed)
                preferred = own >= 0 and allowed == limit and _is_preferred_after(rows, links, tie, own)
                if allowed < limit or preferred:
                    limit, cause, cause_tie, own = allowed, BY_LINK, tie, tie
        tie = links[tie + NEXT_OUT]
    end = projects[rows[at + PROJECT] * PROJECT_WIDTH + PROJECT_FINISH]
    if flags & OWN_END and limit == FAR_FUTURE:
        end = dates[here + EF]
    held = flags & (STARTED | PLACED) == 0
    if held and flags & FROM_FINISH and rows[at + CONSTRAINT] == SNLT and limit == FAR_FUTURE and rows[at + DELAY] == 0:
        return limit, cause, cause_tie  # the date stands in for the project finish
    if held and rows[at + CONSTRAINT] == FNLT:
        date = rows[at + CONSTRAINT_AT]
        return (date, BY_CONSTRAINT, -1) if date < limit else (limit, cause, cause_tie)
    return (end, BY_PROJECT, -1) if end < limit else (limit, cause, cause_tie)


def pin(rows: Ints, dates: Ints, count: int) -> int:
    """Hold the rows that stand at the other end of their slack where they are; gives how many there are (F5, F7).

    As late as possible in a plan scheduled from its start, as soon as possible in one scheduled from its finish.
    """
    pinned = 0
    for row in range(count):
        at, here = row * ROW, row * DATE
        flags = rows[at + FLAGS]
        wanted = ASAP if flags & FROM_FINISH else ALAP
        if (
            rows[at + CONSTRAINT] != wanted
            or flags & (SUMMARY | STARTED | PLACED)
            or dates[here + LS] < dates[here + ES]
        ):
            continue
        pinned += 1
        first = ES if flags & FROM_FINISH else LS
        dates[here + PIN_START], dates[here + PIN_FINISH] = dates[here + first], dates[here + first + 1]
    return pinned


# ---- slack --------------------------------------------------------------------------------------


def slacks(rows: Ints, links: Ints, dates: Ints, clock: Ints, edge: Ints, first: int, count: int) -> int:
    """The four slacks of the rows from one on; gives where it stopped, at an edge or at the end."""
    for row in range(first, count):
        slack(rows, links, dates, clock, edge, row)
        if edge[0] != 0:
            return row
    return count


def slack(rows: Ints, links: Ints, dates: Ints, clock: Ints, edge: Ints, row: int) -> None:
    """Start, finish, total and free slack of a row in working time (B7, B8, P5, R7)."""
    at, here = row * ROW, row * DATE
    axis, flags = rows[at + SLACK_AXIS], rows[at + FLAGS]
    early, late = dates[here + EF], dates[here + LF]
    at_start = between(clock, edge, axis, dates[here + ES], dates[here + LS])
    at_finish = between(clock, edge, axis, early, late)
    if flags & (MANUAL | SUMMARY) == MANUAL:
        at_start = at_finish
    total = at_finish if flags & (STARTED | SUMMARY) == STARTED else min(at_start, at_finish)
    if flags & SUMMARY == 0:
        if dates[here + ALLOWED] > FAR_PAST:
            total = min(total, -between(clock, edge, axis, early, dates[here + ALLOWED]))
        if dates[here + FORCED_LATE] > FAR_PAST:
            total = min(total, -between(clock, edge, axis, dates[here + FORCED_LATE], dates[here + LS]))
    dates[here + START_SLACK], dates[here + FINISH_SLACK] = at_start, at_finish
    dates[here + TOTAL_SLACK] = total
    dates[here + FREE_SLACK] = _free(rows, links, dates, clock, edge, row, total)


def _free(rows: Ints, links: Ints, dates: Ints, clock: Ints, edge: Ints, row: int, total: int) -> int:
    """The smallest room on a link to an uncompleted successor (B8)."""
    at = row * ROW
    if rows[at + FLAGS] & FINISHED:
        return 0
    axis = rows[at + SLACK_AXIS]
    room = FAR_FUTURE
    tie = rows[at + FIRST_OUT]
    while tie >= 0:
        after = links[tie + SUCCESSOR]
        there = after * DATE
        if dates[there + COMPLETE] == 0:
            reached = reached_by(rows, links, dates, clock, edge, tie)
            wanted = dates[there + (ES if links[tie + KIND] == FS or links[tie + KIND] == SS else EF)]
            if rows[after * ROW + FLAGS] & STARTED == 0 and rows[after * ROW + DELAY] > 0:
                wanted -= rows[after * ROW + DELAY]
            room = min(room, between(clock, edge, axis, reached, wanted))
        tie = links[tie + NEXT_OUT]
    if room == FAR_FUTURE:
        return max(0, total)
    return max(0, min(room, total) if total >= 0 else room)


# ---- order --------------------------------------------------------------------------------------


def entry(rows: Ints, row: int) -> int:
    """The node at which links come into a row: its own, or the inlet of a summary."""
    return 2 * row + 1 if rows[row * ROW + FLAGS] & SUMMARY else 2 * row


def arrange(rows: Ints, links: Ints, order: Ints, waits: Ints, count: int) -> int:
    """Fill `order` so that every node follows what it depends on; gives how many could be placed (Kahn).

    What becomes free last is placed first: neighbours in the order are then neighbours in the tables.
    The end of `order` holds the free nodes meanwhile.
    waits  zeros, one per node; what is left in it afterwards belongs to cycles or hangs on them.
    """
    for row in range(count):
        at = row * ROW
        parent = rows[at + PARENT]
        if parent >= 0:
            waits[entry(rows, row)] += 1
            waits[2 * parent] += 1
        tie = rows[at + FIRST_OUT]
        while tie >= 0:
            waits[entry(rows, links[tie + SUCCESSOR])] += 1
            tie = links[tie + NEXT_OUT]
    placed, free = 0, 2 * count
    for row in range(count - 1, -1, -1):
        node = entry(rows, row)
        if waits[node] == 0:
            free -= 1
            order[free] = node
    while free < 2 * count:
        node = order[free]
        free += 1
        order[placed] = node
        placed += 1
        at = (node >> 1) * ROW
        if node & 1:
            child = rows[at + FIRST_CHILD]
            while child >= 0:
                free = _freed(order, waits, free, entry(rows, child))
                child = rows[child * ROW + NEXT_CHILD]
        else:
            if rows[at + PARENT] >= 0:
                free = _freed(order, waits, free, 2 * rows[at + PARENT])
            tie = rows[at + FIRST_OUT]
            while tie >= 0:
                free = _freed(order, waits, free, entry(rows, links[tie + SUCCESSOR]))
                tie = links[tie + NEXT_OUT]
    return placed


def _freed(order: Ints, waits: Ints, free: int, node: int) -> int:
    """Take one dependency off a node; gives where the free nodes now begin."""
    waits[node] -= 1
    if waits[node] == 0:
        free -= 1
        order[free] = node
    return free
