"""Random durations by counter: the draw of a task in a run depends on the seed, the run and the task alone.

Any number of threads, any order and any other task in the plan leave a draw as it is.
Durations come from tables of quantiles, read between their steps with + − × only, so that compiled
and array code give the same bits. Not here: what the durations do to the dates (`passes`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headway.engine.risk.distributions import Distribution
from headway.engine.risk.normal import Reals, normal_probability, normal_quantile
from headway.engine.statistics import EstimateError

Whole = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

# A row of the table: quantiles at every 1/1024, then both outermost 1/1024 again in 64 finer steps each.
STEPS = 1024
FINE_STEPS = 64
LOW_AT = STEPS + 1
HIGH_AT = LOW_AT + FINE_STEPS + 1
TABLE_WIDTH = HIGH_AT + FINE_STEPS + 1
# Stands in for the probabilities 0 and 1, whose quantiles may be infinite; with an exponential tail
# the straight line to here keeps the mean of the last step.
_END = 2.0**-19

# Steele, Lea and Flood (2014), SplitMix64: a Weyl sequence and a mixing function over 64 bits.
_STEP = 0x9E3779B97F4A7C15
_MIX_ONE = 0xBF58476D1CE4E5B9
_MIX_TWO = 0x94D049BB133111EB
_BITS = (1 << 64) - 1

_TASK_STREAM, _RISK_STREAM = 1, 2


def mixed(value: int) -> int:
    """64 well-mixed bits of a whole number; different numbers give different bits."""
    value &= _BITS
    value = ((value ^ (value >> 30)) * _MIX_ONE) & _BITS
    value = ((value ^ (value >> 27)) * _MIX_TWO) & _BITS
    return value ^ (value >> 31)


def stream_key(seed: int, stream: int, number: int) -> int:
    """Where the sequence of one task or risk begins."""
    return mixed(mixed(mixed(seed) + stream) + _STEP * (number + 1))


def task_keys(seed: int, uids: Sequence[int]) -> Keys:
    """The keys of tasks, by their unique ids."""
    return np.array([stream_key(seed, _TASK_STREAM, uid) for uid in uids], dtype=np.uint64)


def risk_keys(seed: int, numbers: Sequence[int]) -> Keys:
    """The keys of risk events, by their numbers."""
    return np.array([stream_key(seed, _RISK_STREAM, number) for number in numbers], dtype=np.uint64)


def uniforms(keys: Keys, first_run: int, runs: int) -> Reals:
    """Draws strictly between 0 and 1, keys x runs; run numbers count from 0."""
    counters = (np.arange(first_run + 1, first_run + 1 + runs).astype(np.uint64)) * np.uint64(_STEP)
    bits = keys[:, None] + counters[None, :]
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(_MIX_ONE)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(_MIX_TWO)
    bits = bits ^ (bits >> np.uint64(31))
    shares: Reals = ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return shares


def quantile_table(distributions: Sequence[Distribution]) -> Reals:
    """One row per distribution: quantiles at the steps, then the fine steps of both ends."""
    coarse = np.arange(STEPS + 1) / STEPS
    fine = np.arange(FINE_STEPS + 1) / (STEPS * FINE_STEPS)
    probabilities = np.clip(np.concatenate((coarse, fine, 1 - 1 / STEPS + fine)), _END, 1 - _END)
    table = np.empty((len(distributions), TABLE_WIDTH))
    for row, distribution in enumerate(distributions):
        table[row] = distribution.quantile(probabilities)
    return table


def read_table(table: Reals, probability: Reals) -> Whole:
    """The quantiles at the probabilities (rows x runs), to the nearest whole number."""
    place = probability * STEPS
    low, high = place < 1.0, place >= STEPS - 1.0
    fine = np.where(low, place, place - (STEPS - 1.0)) * FINE_STEPS
    scaled = np.where(low | high, fine, place)
    step = scaled.astype(np.int64)
    at = step + np.where(low, LOW_AT, np.where(high, HIGH_AT, 0))
    at += (np.arange(len(table)) * TABLE_WIDTH)[:, None]
    cells = table.ravel()
    below = cells[at]
    value = below + (scaled - step) * (cells[at + 1] - below)
    return np.floor(value + 0.5).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Copula:
    """Rows whose draws move together: normal values mixed by a lower triangle.

    rows   the correlated rows, in the triangle's order.
    note   says that the matrix had to be repaired; empty when it stands as given.
    """

    rows: npt.NDArray[np.intp]
    triangle: Reals
    note: str = ""

    def correlated(self, probability: Reals) -> Reals:
        """Draws with the wanted rank correlations from independent ones (correlated rows x runs)."""
        normals = normal_quantile(probability)
        moved = np.zeros_like(normals)
        for other in range(len(normals)):  # one fixed order of sums: blocks of any size give the same bits
            moved[other:] += self.triangle[other:, other, None] * normals[other]
        return np.clip(normal_probability(moved), 2.0**-53, 1 - 2.0**-53)


def normal_correlation(rank: float) -> float:
    """The correlation of normal values whose rank correlation is `rank`: 2 sin(π r / 6)."""
    return 2 * math.sin(math.pi * rank / 6)


def copula(pairs: Mapping[tuple[int, int], float], row_of: Mapping[int, int]) -> Copula | None:
    """The copula of given rank correlations between tasks; None without any.

    pairs   rank correlations by two unique ids, −1 to 1; a pair of tasks that do not vary counts for nothing.
    row_of  rows of the tasks that vary, by unique id.
    Raises EstimateError for a correlation out of range, of a task with itself, or told twice differently.
    """
    known: dict[tuple[int, int], float] = {}
    for (one, other), rank in pairs.items():
        if not -1 <= rank <= 1 or one == other:
            raise EstimateError(
                f"The rank correlation {rank:g} of tasks {one} and {other} is none: "
                "name two different tasks and a number from −1 to 1."
            )
        ends = (min(one, other), max(one, other))
        if known.setdefault(ends, rank) != rank:
            raise EstimateError(f"Tasks {one} and {other} have two different rank correlations. Keep one of them.")
    used = {ends: rank for ends, rank in known.items() if ends[0] in row_of and ends[1] in row_of}
    uids = sorted({uid for ends in used for uid in ends})
    if not uids:
        return None
    place = {uid: number for number, uid in enumerate(uids)}
    matrix = np.eye(len(uids))
    for (one, other), rank in used.items():
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = normal_correlation(rank)
    repaired, note = _positive_definite(matrix)
    rows = np.array([row_of[uid] for uid in uids], dtype=np.intp)
    return Copula(rows, np.linalg.cholesky(repaired).astype(np.float64), note)


def _positive_definite(matrix: Reals) -> tuple[Reals, str]:
    """The matrix itself, or one near it with no eigenvalue below a small floor and ones on its diagonal."""
    values, vectors = np.linalg.eigh(matrix)
    floor = 1e-9
    if values[0] >= floor:
        return matrix, ""
    lifted = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    scale = 1 / np.sqrt(np.diagonal(lifted))
    repaired = lifted * scale * scale[:, None]
    moved = float(np.max(np.abs(repaired - matrix)))
    return repaired, (
        "The correlations contradict each other (their matrix is not positive definite). The nearest "
        f"consistent ones are used: negative eigenvalues raised to 0; the largest change is {moved:.3f}."
    )
