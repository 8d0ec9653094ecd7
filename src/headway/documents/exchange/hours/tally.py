"""What the rows of an hours file add up to, gathered while they pass by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from headway.documents.exchange.hours.records import HoursRow, Total

_MOST_DISTINCT = 20_000
_NOTHING = Decimal(0)


@dataclass(slots=True)
class _Sum:
    hours: Decimal = _NOTHING
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def total(self) -> Total:
        return Total(self.hours, self.amounts)


class Tally:
    """Totals by month and person and by month and project, rows and hours by names, rows by task.

    Rows of the same names and month are added up first, and only what they come to is added to each of these: a file
    may have a million rows.

    first_day, last_day  of the rows; None without any.
    """

    def __init__(self) -> None:
        self.first_day: date | None = None
        self.last_day: date | None = None
        self._together: dict[tuple[Any, ...], list[Any]] = {}  # rows, hours and the amount, if one is given
        self._by_person: dict[tuple[str, str], _Sum] = {}
        self._by_project: dict[tuple[str, str], _Sum] = {}
        self._who: dict[tuple[str, str, str, str], int] = {}
        self._worked: dict[tuple[str, str, str, str], Decimal] = {}
        self._tasks: dict[tuple[str, str, str], int] = {}

    def add(self, row: HoursRow) -> None:
        """Count a row."""
        day = row.day
        names = (row.person, row.email, row.project, row.project_code, row.task or row.task_code, row.currency)
        key = (names, day.year, day.month)
        known = self._together.get(key)
        if known is not None:
            known[0] += 1
            known[1] += row.hours
            if row.bill_amount is not None:
                known[2] = row.bill_amount if known[2] is None else known[2] + row.bill_amount
        else:
            if len(self._together) >= _MOST_DISTINCT:
                self._fold()
            self._together[key] = [1, row.hours, row.bill_amount]
        if self.first_day is None or day < self.first_day:
            self.first_day = day
        if self.last_day is None or day > self.last_day:
            self.last_day = day

    def name(self, who: tuple[str, str, str, str]) -> None:
        """Count a row that says no more than this; see `who`."""
        _count(self._who, who, 1)

    def by_person(self) -> dict[tuple[str, str], Total]:
        """(month 'YYYY-MM', person) → total, in order."""
        self._fold()
        return {key: found.total() for key, found in sorted(self._by_person.items())}

    def by_project(self) -> dict[tuple[str, str], Total]:
        """(month, project) → total, in order."""
        self._fold()
        return {key: found.total() for key, found in sorted(self._by_project.items())}

    def who(self) -> Mapping[tuple[str, str, str, str], int]:
        """(person, e-mail, project, project code) → rows; of the first 20,000."""
        self._fold()
        return self._who

    def worked(self) -> Mapping[tuple[str, str, str, str], Decimal]:
        """The same → hours, of all."""
        self._fold()
        return self._worked

    def tasks(self) -> Mapping[tuple[str, str, str], int]:
        """(project, project code, task) → rows that name a task; of the first 20,000."""
        self._fold()
        return {names: rows for names, rows in self._tasks.items() if names[2]}

    def _fold(self) -> None:
        """Add what came together to the totals."""
        for names, month, rows, hours, amount in self._groups():
            person, _, project, code, task, currency = names
            for sums, name in ((self._by_person, person), (self._by_project, project or code)):
                total = sums.setdefault((month, name), _Sum())
                total.hours += hours
                if amount is not None:
                    total.amounts[currency] = total.amounts.get(currency, _NOTHING) + amount
            who = names[:4]
            self._worked[who] = self._worked.get(who, _NOTHING) + hours
            _count(self._who, who, rows)
            _count(self._tasks, (project, code, task), rows)
        self._together.clear()

    def _groups(self) -> Iterator[tuple[Any, ...]]:
        for (names, year, month), (rows, hours, amount) in self._together.items():
            yield names, f"{year}-{month:02}", rows, hours, amount


def _count(counts: dict[Any, int], names: Any, rows: int) -> None:
    if names in counts or len(counts) < _MOST_DISTINCT:
        counts[names] = counts.get(names, 0) + rows
