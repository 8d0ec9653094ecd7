"""Compiled passes of the simulation over several calendars: every date is an instant.

The rules and their order are those of `headway.engine.risk.passes`; both give the same numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from headway.engine._compiled.simulation import draw
from headway.engine.risk.calendared import HEAD_WIDTH, Columns
from headway.engine.risk.positions import FF, FS, SF, SS

__all__ = ["draw", "run"]

_NONE = -(1 << 60)
_FAR = 1 << 60

Whole = npt.NDArray[np.int64]


def run(columns: Columns, periods: Whole, changes: Whole, watched: Whole) -> tuple[Whole, Whole, Whole] | None:
    """Both passes over all runs: finishes, watched finishes, critical runs of each row.

    periods  as `calendared` lays them out. None when a run leaves the days that they cover.
    """
    changes = np.ascontiguousarray(changes.T)  # a run reads its own changes side by side
    runs, rows = len(changes), len(columns.length)
    finish = np.empty(runs, dtype=np.int64)
    seen = np.empty((len(watched), runs), dtype=np.int64)
    critical = np.zeros(rows, dtype=np.int64)
    beyond = np.zeros(1, dtype=np.int64)
    c = columns
    row_columns = (
        c.length, c.remaining, c.slot, c.state, c.start, c.end, c.no_earlier, c.finish_no_earlier, c.deadline, c.delay,
        c.axis, c.slack_axis,
    )  # fmt: skip
    into = (c.into_at, c.into_row, c.into_kind, c.into_lag, c.into_axis)
    out_of = (c.out_at, c.out_row, c.out_kind, c.out_lag, c.out_axis)
    _run(
        row_columns,
        into,
        out_of,
        periods,
        beyond,
        c.project_start,
        c.limit,
        c.each_end,
        changes,
        watched,
        finish,
        seen,
        critical,
    )
    return None if beyond[0] else (finish, seen, critical)


@njit(cache=True, nogil=True, error_model="numpy")
def _position(data, beyond, axis, at):  # type: ignore[no-untyped-def]
    head = axis * HEAD_WIDTH
    if data[head] == 0:
        return at
    offset = at - data[head + 1]
    cell = np.int64((offset + 0.5) / data[head + 2])  # exact, and faster than dividing whole numbers
    if offset < 0 or cell >= data[head + 4]:
        beyond[0] = 1
        return 0
    i = data[data[head + 3] + cell]
    return data[data[head + 11] + i] + min(at, data[data[head + 10] + i]) - data[data[head + 9] + i]


@njit(cache=True, nogil=True, error_model="numpy")
def _instant(data, beyond, axis, worked, position):  # type: ignore[no-untyped-def]
    """The instant of a position in the period that holds the unit of work `worked`."""
    head = axis * HEAD_WIDTH
    if data[head] == 0:
        return position
    offset = worked - data[head + 5]
    cell = np.int64((offset + 0.5) / data[head + 6])
    if offset < 0 or cell >= data[head + 8]:
        beyond[0] = 1
        return 0
    i = data[data[head + 7] + cell]
    return data[data[head + 9] + i] + position - data[data[head + 11] + i]


@njit(cache=True, nogil=True, error_model="numpy")
def _start_at(data, beyond, axis, position):  # type: ignore[no-untyped-def]
    return _instant(data, beyond, axis, position, position)


@njit(cache=True, nogil=True, error_model="numpy")
def _finish_at(data, beyond, axis, position):  # type: ignore[no-untyped-def]
    return _instant(data, beyond, axis, position - 1, position)


@njit(cache=True, nogil=True, error_model="numpy")
def _kept(data, beyond, axis, length, at):  # type: ignore[no-untyped-def]
    if length > 0 and _start_at(data, beyond, axis, _position(data, beyond, axis, at)) == at:
        return at
    return _NONE


@njit(cache=True, nogil=True, error_model="numpy")
def _start_before(data, beyond, axis, length, finish):  # type: ignore[no-untyped-def]
    if length > 0:
        return _start_at(data, beyond, axis, _position(data, beyond, axis, finish) - length)
    return finish


@njit(cache=True, nogil=True, error_model="numpy")
def _finish_after(data, beyond, axis, length, base):  # type: ignore[no-untyped-def]
    if length > 0:
        return _finish_at(data, beyond, axis, _position(data, beyond, axis, base) + length)
    return base


@njit(cache=True, nogil=True, error_model="numpy")
def _run(  # type: ignore[no-untyped-def]
    columns, into, out_of, data, beyond, project_start, limit, each_end, changes, watched, finish, seen, critical
):
    length, remaining, slot, state, start, end, no_earlier, finish_no_earlier, deadline, delay, axes, slack_axes = (
        columns
    )
    into_at, into_row, into_kind, into_lag, into_axis = into
    out_at, out_row, out_kind, out_lag, out_axis = out_of
    rows, runs = len(length), changes.shape[0]
    es, ef = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    ls, lf = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    lengths, rest = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    for run in range(runs):
        last = _NONE
        for row in range(rows):
            more = changes[run, slot[row]] if slot[row] >= 0 else 0
            worked, axis = length[row] + more, axes[row]
            lengths[row], rest[row] = worked, remaining[row] + more
            if state[row] == 2:
                es[row], ef[row] = start[row], end[row]
            elif state[row] == 1:
                es[row] = start[row]
                own = _finish_after(data, beyond, axis, worked, start[row])
                ef[row] = max(start[row], own, finish_no_earlier[row])
            else:
                base, exact = _NONE, _NONE
                tied = into_at[row + 1] > into_at[row]
                for tie in range(into_at[row], into_at[row + 1]):
                    kind, lag, lag_axis = into_kind[tie], into_lag[tie], into_axis[tie]
                    reached = ef[into_row[tie]] if kind in (FS, FF) else es[into_row[tie]]
                    if lag > 0:
                        reached = _finish_at(data, beyond, lag_axis, _position(data, beyond, lag_axis, reached) + lag)
                    elif lag < 0:
                        reached = _start_at(data, beyond, lag_axis, _position(data, beyond, lag_axis, reached) + lag)
                    kept = _NONE
                    if kind in (FF, SF):
                        if lag == 0:
                            kept = _kept(data, beyond, axis, worked, reached)
                        reached = _start_before(data, beyond, axis, worked, reached)
                        if kind == FF and reached < project_start:
                            reached, kept = project_start, _NONE
                    if reached > base:
                        base, exact = reached, kept
                if not tied:
                    base = project_start
                if no_earlier[row] > _NONE and (not tied or no_earlier[row] > base):
                    base, exact = no_earlier[row], _NONE
                if delay[row] > 0:
                    base, exact = base + delay[row], _NONE
                if finish_no_earlier[row] > _NONE:
                    wanted = _start_before(data, beyond, axis, worked, finish_no_earlier[row])
                    if wanted > base or (not tied and delay[row] == 0):
                        base, exact = wanted, _kept(data, beyond, axis, worked, finish_no_earlier[row])
                if worked > 0:
                    position = _position(data, beyond, axis, base)
                    es[row] = _start_at(data, beyond, axis, position)
                    ef[row] = exact if exact > _NONE else _finish_at(data, beyond, axis, position + worked)
                else:
                    es[row] = ef[row] = base
            last = max(last, ef[row])
        finish[run] = last
        for number in range(len(watched)):
            seen[number, run] = ef[watched[number]]
        for row in range(rows - 1, -1, -1):
            if state[row] == 2:
                ls[row], lf[row] = start[row], end[row]
                continue
            worked, axis = lengths[row], axes[row]
            bound, restrained, begun = deadline[row], False, state[row] == 1
            for tie in range(out_at[row], out_at[row + 1]):
                after, kind, lag, lag_axis = out_row[tie], out_kind[tie], out_lag[tie], out_axis[tie]
                if state[after] == 2 or (kind == SS and begun):
                    continue
                restrained = True
                if kind == FS and state[after] == 1:
                    at = _start_before(data, beyond, axes[after], rest[after], ef[after])
                else:
                    at = ls[after] if kind in (FS, SS) else lf[after]
                if state[after] == 0 and delay[after] > 0:
                    at -= delay[after]
                if lag != 0:
                    at = _start_at(data, beyond, lag_axis, _position(data, beyond, lag_axis, at) - lag)
                if kind in (SS, SF):
                    at = _finish_after(data, beyond, axis, worked, at)
                bound = min(bound, at)
            bound = min(bound, ef[row] if each_end and not restrained else last)
            bound += min(0, delay[row])
            if worked > 0:
                position = _position(data, beyond, axis, bound)
                lf[row] = _finish_at(data, beyond, axis, position)
                ls[row] = start[row] if begun else _start_at(data, beyond, axis, position - worked)
            else:
                lf[row] = bound
                ls[row] = start[row] if begun else bound
            slack_axis = slack_axes[row]
            total = _position(data, beyond, slack_axis, lf[row]) - _position(data, beyond, slack_axis, ef[row])
            if not begun:
                before = _position(data, beyond, slack_axis, ls[row]) - _position(data, beyond, slack_axis, es[row])
                total = min(total, before)
            if total <= limit:
                critical[row] += 1
