"""Compiled loops of the simulation: drawing durations, and both passes on one calendar.

A date is a *place*: 2 × position + 1 where the work after the position begins, 2 × position where the work
before it ends. Late dates need the position alone. The run is the inner axis, in blocks that stay in cache.
The array code is `headway.engine.risk.draws` and `headway.engine.risk.passes`; both give the same numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from headway.engine.risk.draws import FINE_STEPS, HIGH_AT, LOW_AT, STEPS
from headway.engine.risk.positions import FF, FS, SF, SS, Layout

_WIDTH = 128  # runs side by side
_UNBOUND = -(1 << 60)
_FAR = 1 << 60

Whole = npt.NDArray[np.int64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_ONE = np.uint64(0xBF58476D1CE4E5B9)
_MIX_TWO = np.uint64(0x94D049BB133111EB)
_U12, _U27, _U30, _U31 = np.uint64(12), np.uint64(27), np.uint64(30), np.uint64(31)


def draw(keys: npt.NDArray[np.uint64], table: npt.NDArray[np.float64], first_run: int, durations: Whole) -> None:
    """Fill `durations` (keys x runs) with the draws of the runs from `first_run` on."""
    _draw(keys, table, first_run, durations)


def run(layout: Layout, changes: Whole, watched: Whole) -> tuple[Whole, Whole, Whole]:
    """Both passes over all runs: places of the finish, places of the watched finishes, critical runs of each row."""
    runs, rows = changes.shape[1], len(layout.length)
    finish = np.empty(runs, dtype=np.int64)
    seen = np.empty((len(watched), runs), dtype=np.int64)
    critical = np.zeros(rows, dtype=np.int64)
    scratch = np.empty((4, rows, _WIDTH), dtype=np.int64)
    _run(
        layout.length, layout.remaining, layout.slot, layout.state, layout.start, layout.end, layout.no_earlier,
        layout.finish_no_earlier, layout.deadline, layout.into_at, layout.into_row, layout.into_kind, layout.into_lag,
        layout.out_at, layout.out_row, layout.out_kind, layout.out_lag, layout.project_start, layout.limit,
        layout.each_end, changes, watched, scratch, finish, seen, critical,
    )  # fmt: skip
    return finish, seen, critical


@njit(cache=True, nogil=True)
def _draw(keys, table, first_run, durations):  # type: ignore[no-untyped-def]
    runs = durations.shape[1]
    for row in range(len(keys)):
        key = keys[row]
        cells = table[row]
        for run in range(runs):
            bits = key + np.uint64(first_run + run + 1) * _STEP
            bits = (bits ^ (bits >> _U30)) * _MIX_ONE
            bits = (bits ^ (bits >> _U27)) * _MIX_TWO
            bits = bits ^ (bits >> _U31)
            place = (np.float64(bits >> _U12) + 0.5) * 2.0**-52 * STEPS
            base = 0
            if place < 1.0:
                place = place * FINE_STEPS
                base = LOW_AT
            elif place >= STEPS - 1.0:
                place = (place - (STEPS - 1.0)) * FINE_STEPS
                base = HIGH_AT
            step = np.int64(place)
            below = cells[base + step]
            value = below + (place - step) * (cells[base + step + 1] - below)
            durations[row, run] = np.int64(np.floor(value + 0.5))


@njit(cache=True, nogil=True)
def _run(  # type: ignore[no-untyped-def]
    length, remaining, slot, state, start, end, no_earlier, finish_no_earlier, deadline,
    into_at, into_row, into_kind, into_lag, out_at, out_row, out_kind, out_lag,
    project_start, limit, each_end, changes, watched, scratch, finish, seen, critical,
):  # fmt: skip
    rows, runs = len(length), changes.shape[1]
    es, ef, ls, lf = scratch[0], scratch[1], scratch[2], scratch[3]
    lengths = np.empty(_WIDTH, dtype=np.int64)
    bound = np.empty(_WIDTH, dtype=np.int64)
    last = np.empty(_WIDTH, dtype=np.int64)
    for first in range(0, runs, _WIDTH):
        width = min(_WIDTH, runs - first)
        last[:] = _UNBOUND
        for row in range(rows):
            _set_lengths(lengths, length[row], slot[row], changes, first, width)
            es_row, ef_row = es[row], ef[row]
            if state[row] == 2:
                es_row[:] = start[row]
                ef_row[:] = end[row]
            elif state[row] == 1:
                least = max(start[row], finish_no_earlier[row])
                for r in range(width):
                    own = 2 * ((start[row] >> 1) + lengths[r]) if lengths[r] > 0 else start[row]
                    es_row[r] = start[row]
                    ef_row[r] = max(own, least)
            else:
                bound[:] = _UNBOUND
                for tie in range(into_at[row], into_at[row + 1]):
                    _bound_forward(bound, lengths, into_kind[tie], into_lag[tie], es[into_row[tie]], ef[into_row[tie]],
                                   project_start, width)  # fmt: skip
                tied = into_at[row + 1] > into_at[row]
                earliest = no_earlier[row]
                for r in range(width):
                    base = bound[r]
                    if not tied:
                        base = project_start if earliest == _UNBOUND else earliest
                    elif base < earliest:
                        base = earliest
                    bound[r] = base
                ends = finish_no_earlier[row]
                if ends > _UNBOUND:
                    for r in range(width):
                        wanted = 2 * ((ends >> 1) - lengths[r]) + 1 if lengths[r] > 0 else ends
                        if wanted > bound[r] or not tied:
                            bound[r] = wanted
                for r in range(width):
                    base = bound[r]
                    worked = lengths[r] > 0
                    es_row[r] = 2 * (base >> 1) + 1 if worked else base
                    ef_row[r] = 2 * ((base >> 1) + lengths[r]) if worked else base
            for r in range(width):
                last[r] = max(last[r], ef_row[r])
        finish[first : first + width] = last[:width]
        for number in range(len(watched)):
            seen[number, first : first + width] = ef[watched[number], :width]
        for row in range(rows - 1, -1, -1):
            ls_row, lf_row, es_row, ef_row = ls[row], lf[row], es[row], ef[row]
            if state[row] == 2:
                ls_row[:] = start[row] >> 1
                lf_row[:] = end[row] >> 1
                continue
            _set_lengths(lengths, length[row], slot[row], changes, first, width)
            bound[:] = deadline[row]
            restrained = False
            for tie in range(out_at[row], out_at[row + 1]):
                after, kind, lag = out_row[tie], out_kind[tie], out_lag[tie]
                if state[after] == 2 or (kind == SS and state[row] == 1):
                    continue
                restrained = True
                if kind == FS and state[after] == 1:
                    left, place = remaining[after], slot[after]
                    for r in range(width):
                        more = changes[place, first + r] if place >= 0 else 0
                        bound[r] = min(bound[r], (ef[after, r] >> 1) - (left + more) - lag)
                elif kind == FS:
                    for r in range(width):
                        bound[r] = min(bound[r], ls[after, r] - lag)
                elif kind == FF:
                    for r in range(width):
                        bound[r] = min(bound[r], lf[after, r] - lag)
                elif kind == SS:
                    for r in range(width):
                        bound[r] = min(bound[r], ls[after, r] - lag + lengths[r])
                else:
                    for r in range(width):
                        bound[r] = min(bound[r], lf[after, r] - lag + lengths[r])
            own_end = each_end and not restrained
            begun = state[row] == 1
            count = 0
            for r in range(width):
                stop = (ef_row[r] if own_end else last[r]) >> 1
                late = min(bound[r], stop)
                lf_row[r] = late
                ls_row[r] = es_row[r] >> 1 if begun else late - lengths[r]
                finish_slack = late - (ef_row[r] >> 1)
                start_slack = ls_row[r] - (es_row[r] >> 1)
                total = finish_slack if begun else min(start_slack, finish_slack)
                count += total <= limit
            critical[row] += count


@njit(cache=True, nogil=True)
def _set_lengths(lengths, planned, place, changes, first, width):  # type: ignore[no-untyped-def]
    lengths[:] = planned
    if place >= 0:
        for r in range(width):
            lengths[r] = planned + changes[place, first + r]


@njit(cache=True, nogil=True)
def _bound_forward(bound, lengths, kind, lag, es_row, ef_row, project_start, width):  # type: ignore[no-untyped-def]
    """Raise `bound` to what one link asks of the start."""
    side = 1 if lag < 0 else 0
    to_finish = kind in (FF, SF)
    from_finish = kind in (FS, FF)
    for r in range(width):
        source = ef_row[r] if from_finish else es_row[r]
        reached = source if lag == 0 else 2 * ((source >> 1) + lag) + side
        if to_finish:
            reached = 2 * ((reached >> 1) - lengths[r]) + 1 if lengths[r] > 0 else reached
            if kind == FF:
                reached = max(reached, project_start)
        bound[r] = max(bound[r], reached)
