"""Reads PSPLIB's `.sm` files: one project, one mode a job, renewable resources in whole periods.

The files are short text of numbers (a kilobyte a dozen jobs), read in this process under a size limit.
Not here: multi-mode and nonrenewable instances, which are refused; the search (`headway.engine.levelling`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from headway.documents.child import Refused
from headway.engine.levelling.problem import Activity, Precedence, Problem
from headway.engine.plan import PlanError

SUFFIX = ".sm"

_LARGEST = 4 * 1024 * 1024
_MOST_PERIODS = 1_000_000  # of all jobs in a row; the search keeps a number for each
_MOST_DIGITS = 9
_JOBS = re.compile(r"^jobs \(incl\. supersource/sink \)\s*:\s*(\d+)\s*$", re.MULTILINE)
_COUNT = re.compile(r"^\s*- (nonrenewable|doubly constrained)\s*:\s*(\d+)", re.MULTILINE)


def read_sm(path: Path) -> Problem:
    """The problem of one `.sm` file; activity i is job i + 1.

    Raises Refused naming the file and the line for anything that is not such a file.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror}.", {"file": path.name}) from error
    if len(raw) > _LARGEST:
        raise Refused(f"{path.name} is larger than {_LARGEST // 1024**2} MB.", {"file": path.name})
    return _Reader(path.name, raw.decode("ascii", errors="replace")).problem()


class _Reader:
    """One file's text; every refusal names the file."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._lines = text.splitlines()

    def problem(self) -> Problem:
        found = _JOBS.search(self._text)
        if found is None:
            raise self._refused("has no line 'jobs (incl. supersource/sink )'")
        for kind, count in _COUNT.findall(self._text):
            if int(count):
                raise self._refused(f"has {kind} resources, which are not read")
        jobs = int(found[1])
        follow = self._successors(jobs)
        durations, demands = self._requests(jobs)
        if sum(durations) > _MOST_PERIODS:
            raise self._refused(f"asks for {sum(durations)} periods of work; at most {_MOST_PERIODS} are read")
        precedences = tuple(Precedence(job, after) for job, successors in enumerate(follow) for after in successors)
        activities = tuple(Activity(time, asked) for time, asked in zip(durations, demands, strict=True))
        capacities = tuple((units,) for units in self._capacities())
        try:
            return Problem(activities, precedences, capacities)
        except PlanError as error:
            raise self._refused(f"cannot be scheduled: {error}") from error

    def _successors(self, jobs: int) -> list[list[int]]:
        follow: list[list[int]] = [[] for _ in range(jobs)]
        for line, numbers in self._section("PRECEDENCE RELATIONS", jobs):
            if len(numbers) < 3 or numbers[1] != 1:
                raise self._refused(f"line {line}: only jobs with one mode are read")
            after = numbers[3:]
            if len(after) != numbers[2] or any(not 1 <= job <= jobs for job in after):
                raise self._refused(f"line {line}: the successors do not fit their number")
            follow[self._job(numbers[0], jobs, line)] = [job - 1 for job in after]
        return follow

    def _requests(self, jobs: int) -> tuple[list[int], list[tuple[int, ...]]]:
        durations, demands = [0] * jobs, [tuple[int, ...]()] * jobs
        for line, numbers in self._section("REQUESTS/DURATIONS", jobs):
            if len(numbers) < 3:
                raise self._refused(f"line {line}: a job needs its number, mode and duration")
            job = self._job(numbers[0], jobs, line)
            durations[job], demands[job] = numbers[2], tuple(numbers[3:])
        return durations, demands

    def _capacities(self) -> list[int]:
        return next(iter(self._section("RESOURCEAVAILABILITIES", 1)))[1]

    def _job(self, number: int, jobs: int, line: int) -> int:
        if not 1 <= number <= jobs:
            raise self._refused(f"line {line}: there is no job {number} among {jobs}")
        return number - 1

    def _section(self, title: str, rows: int) -> Iterator[tuple[int, list[int]]]:
        """The line number and the numbers of each of so many rows below a title and its heads."""
        start = next((at for at, line in enumerate(self._lines) if line.startswith(title)), None)
        if start is None:
            raise self._refused(f"has no section {title}")
        told = 0
        known: set[str] = set()
        for at, line in enumerate(self._lines[start + 1 :], start=start + 2):
            if line.startswith("*"):
                break
            words = line.split()
            if words and all(word.isascii() and word.isdigit() for word in words):
                told += 1
                if max(map(len, words)) > _MOST_DIGITS:
                    raise self._refused(f"line {at}: a number has more than {_MOST_DIGITS} digits")
                if rows > 1 and words[0] in known:
                    raise self._refused(f"line {at}: job {words[0]} stands there a second time")
                known.add(words[0])
                yield at, [int(word) for word in words]
        if told != rows:
            raise self._refused(f"has {told} rows in {title} where {rows} belong")

    def _refused(self, what: str) -> Refused:
        return Refused(f"{self._name} {what}.", {"file": self._name})
