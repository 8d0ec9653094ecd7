"""Compiled loops of the simulation: drawing durations, and both passes over all runs.

The run is the inner axis, in blocks that stay in cache; every date is an instant.
The rules and their order are those of `headway.engine.risk.passes`, the draws those of
`headway.engine.risk.draws`; the array code there gives the same numbers.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from headway.engine.risk.columns import (
    AS_LATE,
    COMPLETE,
    EXTERNAL,
    FAR,
    FF,
    FINISH_BY,
    FINISH_ON,
    FS,
    HARD,
    HEAD_WIDTH,
    KEEPS_LATE_FINISH,
    KEEPS_LATE_START,
    KEEPS_START,
    NEVER_CRITICAL,
    NONE,
    PINNED,
    PLACED,
    PLAIN_SLACK,
    ROLLED_EARLY,
    SF,
    SS,
    START_BY,
    START_ON,
    STARTED,
    SUMMARY,
    TYPED,
    Columns,
    Ties,
)
from headway.engine.risk.draws import FINE_STEPS, HIGH_AT, LOW_AT, STEPS, TABLE_WIDTH

_WIDTH = 128  # runs side by side
_POOL = 25

Whole = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_ONE = np.uint64(0xBF58476D1CE4E5B9)
_MIX_TWO = np.uint64(0x94D049BB133111EB)
_ONE = np.uint64(1)
_U12, _U27, _U30, _U31 = np.uint64(12), np.uint64(27), np.uint64(30), np.uint64(31)

# Without numba's reference counts, which cost more than the sums: so a loop makes no array, and reckons in the
# rows of `pool`, where each function has its own.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
_loop = njit(**_OPTIONS)


def draw(keys: npt.NDArray[np.uint64], table: Reals, first_run: int, durations: Whole) -> None:
    """Fill `durations` (keys x runs) with the draws of the runs from `first_run` on."""
    _draw(keys, table, first_run, durations)


def run(
    columns: Columns, cells: Whole, inverses: Reals, changes: Whole, watched: Whole
) -> tuple[Whole, Whole, Whole] | None:
    """Both passes over all runs: finishes, watched finishes, critical runs of each row.

    cells, inverses  the calendars, as `columns` lays them out. None when a run leaves the days that they cover.
    """
    runs, rows = changes.shape[1], len(columns.length)
    finish = np.empty(runs, dtype=np.int64)
    seen = np.empty((len(watched), runs), dtype=np.int64)
    critical = np.zeros(rows, dtype=np.int64)
    beyond = np.zeros(1, dtype=np.int64)
    c = columns
    where, pool = np.empty(_WIDTH, dtype=np.uint64), np.empty((_POOL, _WIDTH), dtype=np.int64)
    book = (cells, inverses.ravel(), beyond, where, pool)
    work = (c.length, c.duration, c.remaining, c.slot, c.axis, c.slack_axis)
    rules = (
        c.state, c.flags, c.rule, c.date, c.start, c.end, c.no_earlier, c.finish_no_earlier, c.deadline, c.delay,
    )  # fmt: skip
    parts = (c.parts_at, c.part_axis, c.part_length, c.part_remaining, c.part_delay, c.part_elapsed)
    scratch = np.zeros((5, rows, _WIDTH), dtype=np.int64)
    allowed = np.full((rows if (c.flags & HARD).any() else 1, _WIDTH), NONE)
    pinned = np.zeros((2, rows if (c.flags & PINNED).any() else 1, _WIDTH), dtype=np.int64)
    _run(
        c.steps, work, rules, parts, _columns_of(c.into), _columns_of(c.out_of), c.below_at, c.below, book,
        c.project_start, c.limit, c.each_end, c.honoured, changes, watched,
        scratch, allowed, pinned, finish, seen, critical,
    )  # fmt: skip
    return None if beyond[0] else (finish, seen, critical)


def warm() -> None:
    """Compile or load both loops, by a plan of two rows round the clock."""
    draw(np.zeros(1, dtype=np.uint64), np.zeros((1, TABLE_WIDTH)), 0, np.zeros((1, 1), dtype=np.int64))
    none, ends = np.zeros(0, dtype=np.int64), np.zeros(3, dtype=np.int64)
    ties = Ties(ends, none, none, none, none, none, np.zeros(0))
    given: dict[str, Any] = {field.name: np.zeros(2, dtype=np.int64) for field in fields(Columns)}
    given |= {"into": ties, "out_of": ties, "parts_at": ends, "below_at": ends, "below": none}
    given |= {"project_start": 0, "limit": 0, "each_end": False, "honoured": False}
    columns = Columns(**given)
    run(columns, np.zeros(HEAD_WIDTH, dtype=np.int64), np.ones((1, 2)), np.zeros((1, 1), dtype=np.int64), none)


def _columns_of(ties: Ties) -> tuple[Whole, Whole, Whole, Whole, Whole, Whole, Reals]:
    return ties.at, ties.row, ties.source, ties.kind, ties.lag, ties.axis, ties.percent


@njit(cache=True, nogil=True)
def _draw(keys, table, first_run, durations):  # type: ignore[no-untyped-def]
    runs, cells = durations.shape[1], table.ravel()
    at = np.empty(_WIDTH, dtype=np.uint64)
    share, below, above = np.empty(_WIDTH), np.empty(_WIDTH), np.empty(_WIDTH)
    for row in range(len(keys)):
        key, begin, own = keys[row], row * table.shape[1], durations[row]
        for first in range(0, runs, _WIDTH):
            for r in range(_WIDTH):
                bits = key + np.uint64(first_run + first + r + 1) * _STEP
                bits = (bits ^ (bits >> _U30)) * _MIX_ONE
                bits = (bits ^ (bits >> _U27)) * _MIX_TWO
                bits = bits ^ (bits >> _U31)
                place = (np.float64(np.int64(bits >> _U12)) + 0.5) * 2.0**-52 * STEPS
                low, high = place < 1.0, place >= STEPS - 1.0
                fine = (place - (STEPS - 1.0 if high else 0.0)) * FINE_STEPS
                place = fine if low | high else place
                step = np.int64(place)
                at[r] = begin + step + (LOW_AT if low else HIGH_AT if high else 0)
                share[r] = place - step
            for r in range(_WIDTH):  # reads apart from sums, so that the sums are done for several runs at a time
                below[r] = cells[at[r]]
            for r in range(_WIDTH):
                above[r] = cells[at[r] + np.uint64(1)]
            for r in range(min(_WIDTH, runs - first)):
                value = below[r] + share[r] * (above[r] - below[r]) + 0.5
                whole = np.int64(value)
                own[first + r] = whole - (value < whole)


# ---- working time of an axis ------------------------------------------------------------------


@_loop
def _positions(book, axis, at, out):  # type: ignore[no-untyped-def]
    """Work before each instant."""
    cells, inverses, beyond, where, pool = book
    head = axis * HEAD_WIDTH
    if cells[head] == 0:
        for r in range(_WIDTH):
            out[r] = at[r]
        return
    origin, count, place = cells[head + 1], cells[head + 2], cells[head + 3]
    inverse, ends, shifts = inverses[2 * axis], pool[0], pool[1]
    low = high = np.int64(0)
    for r in range(_WIDTH):
        cell = np.int64((at[r] - origin + 0.5) * inverse)  # exact, and faster than dividing whole numbers
        low, high = min(low, cell), max(high, cell)
        where[r] = place + 2 * min(max(cell, 0), count - 1)
    for r in range(_WIDTH):
        ends[r] = cells[where[r]]
        shifts[r] = cells[where[r] + _ONE]
    for r in range(_WIDTH):
        out[r] = min(at[r], ends[r]) + shifts[r]
    if low < 0 or high >= count:
        beyond[0] = 1


@_loop
def _instants(book, axis, position, back, out):  # type: ignore[no-untyped-def]
    """The instant of each position in the period that holds the unit of work `back` before the position."""
    cells, inverses, beyond, where, pool = book
    head = axis * HEAD_WIDTH
    if cells[head] == 0:
        for r in range(_WIDTH):
            out[r] = position[r]
        return
    origin, count, place = cells[head + 4] + back, cells[head + 5], cells[head + 6]
    inverse, shifts = inverses[2 * axis + 1], pool[0]
    low = high = np.int64(0)
    for r in range(_WIDTH):
        cell = np.int64((position[r] - origin + 0.5) * inverse)
        low, high = min(low, cell), max(high, cell)
        where[r] = place + min(max(cell, 0), count - 1)
    for r in range(_WIDTH):
        shifts[r] = cells[where[r]]
    for r in range(_WIDTH):
        out[r] = position[r] + shifts[r]
    if low < 0 or high >= count:
        beyond[0] = 1


@_loop
def _starts(book, axis, position, out):  # type: ignore[no-untyped-def]
    """Where the work after each position begins."""
    _instants(book, axis, position, 0, out)


@_loop
def _finishes(book, axis, position, out):  # type: ignore[no-untyped-def]
    """Where the work before each position ends."""
    _instants(book, axis, position, 1, out)


@_loop
def _copy(dates, out):  # type: ignore[no-untyped-def]
    for r in range(_WIDTH):
        out[r] = dates[r]


# ---- lengths and lags of a row ----------------------------------------------------------------


@_loop
def _changed(amount, place, changes, first, width, out):  # type: ignore[no-untyped-def]
    """The amount with what the runs add to it; runs behind the last one take the amount itself."""
    if place < 0:
        out[:] = amount
    elif width == _WIDTH:
        own = changes[place, first : first + _WIDTH]
        for r in range(_WIDTH):
            out[r] = amount + own[r]
    else:
        out[:] = amount
        for r in range(width):
            out[r] += changes[place, first + r]


@_loop
def _lags(tie, ties, work, changes, first, width, out):  # type: ignore[no-untyped-def]
    """The lag of a link in each run."""
    source, lag, percent = ties[2][tie], ties[4][tie], ties[6][tie]
    if percent == 0.0:
        out[:] = lag
        return
    _changed(work[1][source], work[3][source], changes, first, width, out)
    for r in range(_WIDTH):
        out[r] = np.int64(np.rint(percent * out[r] / 100))


@_loop
def _lead_on(book, axis, lags, at, spare, out):  # type: ignore[no-untyped-def]
    """Where the lags lead to from the predecessor's dates."""
    _positions(book, axis, at, spare)
    for r in range(_WIDTH):
        spare[r] += lags[r]
    _finishes(book, axis, spare, out)
    negative = False
    for r in range(_WIDTH):
        negative |= lags[r] < 0
    if negative:
        begun = book[4][2]
        _starts(book, axis, spare, begun)
        for r in range(_WIDTH):
            out[r] = begun[r] if lags[r] < 0 else out[r]
    for r in range(_WIDTH):
        out[r] = at[r] if lags[r] == 0 else out[r]


@_loop
def _lead_back(book, axis, lags, spare, at):  # type: ignore[no-untyped-def]
    """Turn the successor's dates into the latest from which the lags still lead to them."""
    _positions(book, axis, at, spare)
    for r in range(_WIDTH):
        spare[r] -= lags[r]
    _starts(book, axis, spare, spare)
    for r in range(_WIDTH):
        at[r] = at[r] if lags[r] == 0 else spare[r]


# ---- extent of a row --------------------------------------------------------------------------


@_loop
def _part_lengths(amount, whole, lengths, planned, out):  # type: ignore[no-untyped-def]
    """What an assignment of so much work has of it when its task changes from `planned`: all in proportion."""
    divisor = max(1, whole)
    for r in range(_WIDTH):
        out[r] = np.int64(np.rint(amount * ((lengths[r] - planned) / divisor)))


@_loop
def _part_starts(book, parts, part, base, spare, out):  # type: ignore[no-untyped-def]
    axis, delay, elapsed = parts[1][part], parts[4][part], parts[5][part]
    for r in range(_WIDTH):
        spare[r] = base[r] + elapsed
    _positions(book, axis, spare, out)
    for r in range(_WIDTH):
        spare[r] = out[r] + delay
    _starts(book, axis, spare, out)


@_loop
def _next_starts(book, work, parts, row, lengths, base, out):  # type: ignore[no-untyped-def]
    """The row's start when nothing holds it after `base`."""
    spare = book[4][3]
    first, beyond = parts[0][row], parts[0][row + 1]
    if first == beyond:
        _positions(book, work[4][row], base, spare)
        _starts(book, work[4][row], spare, out)
        for r in range(_WIDTH):
            out[r] = out[r] if lengths[r] > 0 else base[r]
        return
    own = book[4][4]
    found = book[4][15]
    found[:] = FAR
    for part in range(first, beyond):
        _part_starts(book, parts, part, base, spare, own)
        for r in range(_WIDTH):
            found[r] = min(found[r], own[r])
    _copy(found, out)


@_loop
def _finishes_after(book, work, parts, row, begun, lengths, base, out):  # type: ignore[no-untyped-def]
    """The finish of the row begun at `base`."""
    spare = book[4][5]
    own = book[4][6]
    first, beyond = parts[0][row], parts[0][row + 1]
    if first == beyond:
        _positions(book, work[4][row], base, spare)
        for r in range(_WIDTH):
            spare[r] += lengths[r]
        _finishes(book, work[4][row], spare, own)
        for r in range(_WIDTH):
            out[r] = own[r] if lengths[r] > 0 else base[r]
        return
    more = book[4][16]
    found = book[4][17]
    found[:] = NONE
    whole = work[2][row] if begun else work[1][row]
    for part in range(first, beyond):
        amount = parts[3][part] if begun else parts[2][part]
        _part_lengths(amount, whole, lengths, work[0][row], more)
        _part_starts(book, parts, part, base, spare, own)
        _positions(book, parts[1][part], own, spare)
        for r in range(_WIDTH):
            spare[r] += parts[2][part] + more[r]
        _finishes(book, parts[1][part], spare, own)
        for r in range(_WIDTH):
            found[r] = max(found[r], own[r])
    _copy(found, out)


@_loop
def _starts_before(book, work, parts, row, begun, lengths, finish, out):  # type: ignore[no-untyped-def]
    """The latest start of the row that ends by `finish`."""
    spare = book[4][7]
    own = book[4][8]
    first, beyond = parts[0][row], parts[0][row + 1]
    if first == beyond:
        _positions(book, work[4][row], finish, spare)
        for r in range(_WIDTH):
            spare[r] -= lengths[r]
        _starts(book, work[4][row], spare, own)
        for r in range(_WIDTH):
            out[r] = own[r] if lengths[r] > 0 else finish[r]
        return
    more = book[4][18]
    found = book[4][19]
    found[:] = FAR
    whole = work[2][row] if begun else work[1][row]
    for part in range(first, beyond):
        amount = parts[3][part] if begun else parts[2][part]
        _part_lengths(amount, whole, lengths, work[0][row], more)
        _positions(book, parts[1][part], finish, spare)
        for r in range(_WIDTH):
            spare[r] -= parts[2][part] + more[r] + parts[4][part]
        _starts(book, parts[1][part], spare, own)
        for r in range(_WIDTH):
            found[r] = min(found[r], own[r] - parts[5][part])
    _next_starts(book, work, parts, row, lengths, found, out)


@_loop
def _previous_finishes(book, work, parts, row, lengths, at, out):  # type: ignore[no-untyped-def]
    """The last finish of the row at or before each instant."""
    spare = book[4][5]
    own = book[4][6]
    first, beyond = parts[0][row], parts[0][row + 1]
    if first == beyond:
        _positions(book, work[4][row], at, spare)
        _finishes(book, work[4][row], spare, own)
        for r in range(_WIDTH):
            out[r] = own[r] if lengths[r] > 0 else at[r]
        return
    found = book[4][17]
    found[:] = NONE
    for part in range(first, beyond):
        _positions(book, parts[1][part], at, spare)
        _finishes(book, parts[1][part], spare, own)
        for r in range(_WIDTH):
            found[r] = max(found[r], own[r])
    _copy(found, out)


@_loop
def _resumes(book, work, parts, row, lengths, finish, out):  # type: ignore[no-untyped-def]
    """Where the remaining work of a started row begins that ends at `finish`."""
    spare = book[4][5]
    own = book[4][6]
    first, beyond = parts[0][row], parts[0][row + 1]
    rest = work[2][row] - work[0][row]
    if first == beyond:
        _positions(book, work[4][row], finish, spare)
        for r in range(_WIDTH):
            spare[r] -= lengths[r] + rest
        _starts(book, work[4][row], spare, own)
        for r in range(_WIDTH):
            out[r] = own[r] if lengths[r] + rest > 0 else finish[r]
        return
    more = book[4][16]
    found = book[4][17]
    found[:] = FAR
    for part in range(first, beyond):
        _part_lengths(parts[3][part], work[2][row], lengths, work[0][row], more)
        _positions(book, parts[1][part], finish, spare)
        for r in range(_WIDTH):
            more[r] += parts[3][part]
            spare[r] -= more[r]
        _starts(book, parts[1][part], spare, own)
        for r in range(_WIDTH):
            found[r] = min(found[r], own[r]) if more[r] > 0 else found[r]
    for r in range(_WIDTH):
        out[r] = found[r] if found[r] < FAR else finish[r]


@_loop
def _kept(book, work, parts, row, lengths, at, out):  # type: ignore[no-untyped-def]
    """The finish bounds that stand on the very start of a work period and stay there; else NONE."""
    if parts[0][row] < parts[0][row + 1]:
        out[:] = NONE
        return
    _next_starts(book, work, parts, row, lengths, at, out)
    for r in range(_WIDTH):
        out[r] = at[r] if lengths[r] > 0 and out[r] == at[r] else NONE


# ---- the passes -------------------------------------------------------------------------------


@_loop
def _place(  # type: ignore[no-untyped-def]
    row, work, rules, parts, into, book, project_start, honoured, changes, first, width, lengths, es, ef, fp, allowed
):
    """Early start, early finish and position of the start of an open row, by links and constraints."""
    _, flags, rule, dates, _, _, no_earlier, finish_no_earlier, _, delays = rules
    into_at, into_row, _, into_kind, into_lag, into_axis, into_percent = into
    base = book[4][9]
    exact = book[4][20]
    exact[:] = NONE
    reached = book[4][10]
    spare = book[4][11]
    lags = book[4][12]
    tied = into_at[row + 1] > into_at[row]
    base[:] = NONE if tied else project_start
    exacting = False
    for tie in range(into_at[row], into_at[row + 1]):
        kind = into_kind[tie]
        source = ef[into_row[tie]] if kind in (FS, FF) else es[into_row[tie]]
        lagging = into_lag[tie] != 0 or into_percent[tie] != 0.0
        if not lagging and (kind in (FS, SS)):
            if exacting:
                for r in range(_WIDTH):
                    exact[r] = NONE if source[r] > base[r] else exact[r]
            for r in range(_WIDTH):
                base[r] = max(base[r], source[r])
            continue
        if lagging:
            _lags(tie, into, work, changes, first, width, lags)
            _lead_on(book, into_axis[tie], lags, source, spare, reached)
        else:
            lags[:] = 0
            _copy(source, reached)
        if kind in (FF, SF):
            exacting = True
            _kept(book, work, parts, row, lengths, reached, spare)
            _starts_before(book, work, parts, row, False, lengths, reached, reached)
            for r in range(_WIDTH):
                kept = spare[r] if lags[r] == 0 else NONE
                early = kind == FF and reached[r] < project_start
                wanted = project_start if early else reached[r]
                exact[r] = exact[r] if wanted <= base[r] else NONE if early else kept
                base[r] = max(base[r], wanted)
        else:
            for r in range(_WIDTH):
                exact[r] = NONE if reached[r] > base[r] else exact[r]
                base[r] = max(base[r], reached[r])
    if no_earlier[row] > NONE:
        for r in range(_WIDTH):
            wins = not tied or no_earlier[row] > base[r]
            base[r] = no_earlier[row] if wins else base[r]
            exact[r] = NONE if wins else exact[r]
    delay = delays[row]
    if delay > 0 and not flags[row] & AS_LATE:
        exact[:] = NONE
        for r in range(_WIDTH):
            base[r] += delay
    if finish_no_earlier[row] > NONE:
        exacting = True
        lags[:] = finish_no_earlier[row]
        _kept(book, work, parts, row, lengths, lags, spare)
        _starts_before(book, work, parts, row, False, lengths, lags, reached)
        for r in range(_WIDTH):
            wins = reached[r] > base[r] or (not tied and delay == 0)
            base[r] = reached[r] if wins else base[r]
            exact[r] = spare[r] if wins else exact[r]
    es_row, ef_row = es[row], ef[row]
    if parts[0][row] < parts[0][row + 1]:
        _next_starts(book, work, parts, row, lengths, base, es_row)
        _finishes_after(book, work, parts, row, False, lengths, base, ef_row)
    else:
        axis = work[4][row]
        fp_row = fp[row]
        _positions(book, axis, base, fp_row)
        for r in range(_WIDTH):
            spare[r] = fp_row[r] + lengths[r]
        _finishes(book, axis, spare, ef_row)
        if flags[row] & KEEPS_START:
            _starts(book, axis, fp_row, es_row)
            for r in range(_WIDTH):
                es_row[r] = es_row[r] if lengths[r] > 0 else base[r]
        for r in range(_WIDTH):
            ef_row[r] = ef_row[r] if lengths[r] > 0 else base[r]
    if exacting:
        for r in range(_WIDTH):
            ef_row[r] = exact[r] if exact[r] > NONE else ef_row[r]
    if flags[row] & HARD:
        _force(book, work, parts, row, rule[row], dates[row], lengths, es_row, ef_row, allowed[row])


@_loop
def _force(book, work, parts, row, rule, date, lengths, es_row, ef_row, allowed_row):  # type: ignore[no-untyped-def]
    """Put a row on its hard constraint; where that is before what links allow, keep the finish they allow."""
    at = book[4][21]
    at[:] = date
    start = book[4][13]
    finish = book[4][14]
    if rule == START_ON:
        _next_starts(book, work, parts, row, lengths, at, start)
        _finishes_after(book, work, parts, row, False, lengths, at, finish)
    elif rule == START_BY:
        _finishes_after(book, work, parts, row, False, lengths, at, finish)
        for r in range(_WIDTH):
            late = es_row[r] > date
            start[r] = date if late else es_row[r]
            finish[r] = finish[r] if late else ef_row[r]
    else:
        _starts_before(book, work, parts, row, False, lengths, at, start)
        for r in range(_WIDTH):
            moved = rule == FINISH_ON or ef_row[r] > date
            start[r] = start[r] if moved else es_row[r]
            finish[r] = date if moved else ef_row[r]
    for r in range(_WIDTH):
        earlier = start[r] < es_row[r] or (start[r] == es_row[r] and finish[r] < ef_row[r])
        allowed_row[r] = ef_row[r] if earlier else NONE
        es_row[r], ef_row[r] = start[r], finish[r]


@_loop
def _limit(  # type: ignore[no-untyped-def]
    tie, work, rules, parts, out_of, book, changes, first, width, ef, ls, lf, spare, lags, out
):
    """The latest finish (FS, FF) or start (SS, SF) of the predecessor that a link allows."""
    _, out_row, _, out_kind, out_lag, out_axis, out_percent = out_of
    after, kind = out_row[tie], out_kind[tie]
    if kind == FS and rules[0][after] == STARTED:
        _changed(work[0][after], work[3][after], changes, first, width, lags)
        _resumes(book, work, parts, after, lags, ef[after], out)
    elif kind in (FS, SS):
        _copy(ls[after], out)
    else:
        _copy(lf[after], out)
    if rules[9][after] > 0 and not rules[1][after] & AS_LATE and rules[0][after] != STARTED:
        for r in range(_WIDTH):
            out[r] -= rules[9][after]
    if out_lag[tie] != 0 or out_percent[tie] != 0.0:
        _lags(tie, out_of, work, changes, first, width, lags)
        _lead_back(book, out_axis[tie], lags, spare, out)


@_loop
def _place_late(  # type: ignore[no-untyped-def]
    row, work, rules, parts, out_of, book, last, each_end, honoured, changes, first, width,
    lengths, bound, es, ef, ls, lf, fp, allowed,
):  # fmt: skip
    """Late dates of a row; `bound` is left with the position of its late finish less that of its early one."""
    state, flags, rule, dates, start, _, _, _, deadline, delays = rules
    out_at, out_kind = out_of[0], out_of[3]
    spare = book[4][9]
    lags = book[4][10]
    reached = book[4][11]
    begun, placed = state[row] == STARTED, flags[row] & PLACED != 0
    ls_row, lf_row = ls[row], lf[row]
    date = dates[row]
    restrained = False
    bound[:] = deadline[row]
    for tie in range(out_at[row], out_at[row + 1]):
        kind = out_kind[tie]
        if (kind in (SS, SF)) and (placed or (kind == SS and begun)):
            continue
        restrained = True
        _limit(tie, work, rules, parts, out_of, book, changes, first, width, ef, ls, lf, spare, lags, reached)
        if kind in (SS, SF):
            _finishes_after(book, work, parts, row, begun, lengths, reached, reached)
        for r in range(_WIDTH):
            bound[r] = min(bound[r], reached[r])
    if honoured and (rule[row] == START_ON or rule[row] == FINISH_ON):
        spare[:] = date
        if rule[row] == START_ON:
            _next_starts(book, work, parts, row, lengths, spare, ls_row)
            _finishes_after(book, work, parts, row, begun, lengths, spare, lf_row)
        else:
            _starts_before(book, work, parts, row, begun, lengths, spare, ls_row)
            lf_row[:] = date
        return
    end = ef[row] if each_end and not restrained else last
    if rule[row] == FINISH_BY:
        for r in range(_WIDTH):
            bound[r] = min(bound[r], date)
    else:
        for r in range(_WIDTH):
            bound[r] = min(bound[r], end[r])
    if rule[row] == START_BY or rule[row] == START_ON:
        spare[:] = date
        _finishes_after(book, work, parts, row, begun, lengths, spare, reached)
        for r in range(_WIDTH):
            bound[r] = min(bound[r], reached[r])
    elif rule[row] == FINISH_ON:
        for r in range(_WIDTH):
            bound[r] = min(bound[r], date)
    if delays[row] < 0:
        for r in range(_WIDTH):
            bound[r] += delays[row]
    if flags[row] & PLAIN_SLACK:
        axis = work[4][row]
        _positions(book, axis, bound, reached)
        if flags[row] & KEEPS_LATE_FINISH:
            _finishes(book, axis, reached, lf_row)
            for r in range(_WIDTH):
                lf_row[r] = lf_row[r] if lengths[r] > 0 else bound[r]
        for r in range(_WIDTH):
            reached[r] -= lengths[r]
        if flags[row] & KEEPS_LATE_START:
            _starts(book, axis, reached, ls_row)
            for r in range(_WIDTH):
                ls_row[r] = ls_row[r] if lengths[r] > 0 else bound[r]
        for r in range(_WIDTH):
            bound[r] = reached[r] - fp[row, r]
        return
    if placed:
        _copy(bound, lf_row)
    else:
        _previous_finishes(book, work, parts, row, lengths, bound, lf_row)
    if begun:
        ls_row[:] = start[row]
    else:
        _starts_before(book, work, parts, row, False, lengths, lf_row, ls_row)
    if flags[row] & HARD:
        for r in range(_WIDTH):
            overrun = allowed[row, r] > NONE
            ls_row[r] = es[row, r] if overrun else ls_row[r]
            lf_row[r] = ef[row, r] if overrun else lf_row[r]


@_loop
def _slack(book, axis, begun, hard, es_row, ef_row, ls_row, lf_row, allowed_row, out):  # type: ignore[no-untyped-def]
    """Total slack of a row from its four dates."""
    early = book[4][9]
    late = book[4][10]
    _positions(book, axis, ef_row, early)
    _positions(book, axis, lf_row, late)
    for r in range(_WIDTH):
        out[r] = late[r] - early[r]
    if hard:
        for r in range(_WIDTH):
            late[r] = allowed_row[r] if allowed_row[r] > NONE else ef_row[r]
        _positions(book, axis, late, late)
        for r in range(_WIDTH):
            late[r] = early[r] - late[r] if allowed_row[r] > NONE else FAR
    else:
        late[:] = FAR
    spare = book[4][11]
    if not begun:
        _positions(book, axis, es_row, early)
        _positions(book, axis, ls_row, spare)
        for r in range(_WIDTH):
            out[r] = min(out[r], spare[r] - early[r])
    for r in range(_WIDTH):
        out[r] = min(out[r], late[r])


@_loop
def _roll_up(row, below_at, below, flags, es, ef, ls, lf, early):  # type: ignore[no-untyped-def]
    """Early dates of a summary from its children's, or late ones."""
    first, last = (es[row], ef[row]) if early else (ls[row], lf[row])
    first[:] = FAR
    last[:] = NONE
    for place in range(below_at[row], below_at[row + 1]):
        child = below[place]
        own = early or flags[child] & ROLLED_EARLY != 0
        starts, ends = (es[child], ef[child]) if own else (ls[child], lf[child])
        for r in range(_WIDTH):
            first[r] = min(first[r], starts[r])
            last[r] = max(last[r], ends[r])


@_loop
def _run(  # type: ignore[no-untyped-def]
    steps, work, rules, parts, into, out_of, below_at, below, book,
    project_start, limit, each_end, honoured, changes, watched, scratch, allowed, pinned, finish, seen, critical,
):  # fmt: skip
    length, slot = work[0], work[3]
    state, flags, start, end, finish_no_earlier = rules[0], rules[1], rules[4], rules[5], rules[7]
    rows, runs = len(length), changes.shape[1]
    es, ef, ls, lf, fp = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]
    lengths, bound, last = book[4][22], book[4][23], book[4][24]
    some_pinned = False
    for row in range(rows):
        some_pinned |= flags[row] & PINNED != 0
    turns = 2 if some_pinned else 1
    for first in range(0, runs, _WIDTH):
        width = min(_WIDTH, runs - first)
        for turn in range(turns):
            last[:] = NONE
            for step in steps:
                if step >= rows:
                    continue
                row = step
                if state[row] == SUMMARY:
                    _roll_up(row, below_at, below, flags, es, ef, ls, lf, True)
                    continue
                es_row, ef_row = es[row], ef[row]
                if state[row] == COMPLETE or state[row] == TYPED:
                    es_row[:] = start[row]
                    ef_row[:] = end[row]
                else:
                    _changed(length[row], slot[row], changes, first, width, lengths)
                    if state[row] == STARTED:
                        es_row[:] = start[row]
                        if end[row] > NONE:
                            ef_row[:] = max(start[row], end[row])
                        else:
                            _finishes_after(book, work, parts, row, True, lengths, es_row, ef_row)
                            least = max(start[row], finish_no_earlier[row])
                            for r in range(_WIDTH):
                                ef_row[r] = max(ef_row[r], least)
                    else:
                        _place(row, work, rules, parts, into, book, project_start, honoured, changes, first, width,
                               lengths, es, ef, fp, allowed)  # fmt: skip
                        if turn == 1 and flags[row] & PINNED:
                            for r in range(_WIDTH):
                                held = pinned[0, row, r] > NONE
                                es_row[r] = pinned[0, row, r] if held else es_row[r]
                                ef_row[r] = pinned[1, row, r] if held else ef_row[r]
                if not flags[row] & EXTERNAL:
                    for r in range(_WIDTH):
                        last[r] = max(last[r], ef_row[r])
            for place in range(len(steps) - 1, -1, -1):
                step = steps[place]
                if step >= rows:
                    _roll_up(step - rows, below_at, below, flags, es, ef, ls, lf, False)
                    continue
                row = step
                if state[row] == SUMMARY:
                    continue
                if state[row] == COMPLETE:
                    ls[row, :] = start[row]
                    lf[row, :] = end[row]
                    continue
                _changed(length[row], slot[row], changes, first, width, lengths)
                _place_late(row, work, rules, parts, out_of, book, last, each_end, honoured, changes, first, width,
                            lengths, bound, es, ef, ls, lf, fp, allowed)  # fmt: skip
                if turn == turns - 1 and not flags[row] & NEVER_CRITICAL:
                    if not flags[row] & PLAIN_SLACK:
                        hard = flags[row] & HARD != 0
                        _slack(book, work[5][row], state[row] == STARTED, hard, es[row], ef[row], ls[row], lf[row],
                               allowed[row if hard else 0], bound)  # fmt: skip
                    count = 0
                    for r in range(width):
                        count += bound[r] <= limit
                    critical[row] += count
            if turn < turns - 1:
                for row in range(rows):
                    if flags[row] & PINNED:
                        for r in range(_WIDTH):
                            held = ls[row, r] >= es[row, r]
                            pinned[0, row, r] = ls[row, r] if held else NONE
                            pinned[1, row, r] = lf[row, r]
        for r in range(width):
            finish[first + r] = last[r]
        for number in range(len(watched)):
            for r in range(width):
                seen[number, first + r] = ef[watched[number], r]
