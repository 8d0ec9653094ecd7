"""ProjectLibre's files: serialised objects, which are never read, a separator, and the plan as MSPDI.

MPXJ refuses the whole file for one exception such as "the last weekday of the month". Where a file has such a one, MPXJ
gets the plan without exceptions, and they come from our own reader of MSPDI. Not here: all else (`foreign`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from headway.documents.exchange.fidelity import FidelityRow, PlanLimits
from headway.documents.exchange.msproject import read_mspdi
from headway.engine.plan import Calendar, CalendarException

_SEPARATOR = b"@@@@@@@@@@ProjectLibreSeparator_MSXML@@@@@@@@@@"
_SEVERAL_WEEKDAYS = re.compile(rb"<(?:\w+:)?MonthItem>\s*[012]\s*</")  # of a month any day, weekdays, weekend days
_EXCEPTIONS = re.compile(rb"<((?:\w+:)?Exceptions)>.*?</\1>", re.DOTALL)
_TOLD = {"Exception", "recurrence"}  # fields of the fidelity report


@dataclass(frozen=True, slots=True)
class SetAside:
    """The exceptions that MPXJ is not given.

    path        the file for MPXJ to read.
    exceptions  by the calendar's uid; empty when MPXJ reads them itself. rows: what became of them.
    """

    path: Path
    exceptions: dict[int, tuple[CalendarException, ...]]
    rows: tuple[FidelityRow, ...]

    def given_back(self, calendars: Iterable[Calendar]) -> tuple[Calendar, ...]:
        """The calendars as MPXJ read them, with the exceptions that were set aside."""
        return tuple(replace(c, exceptions=self.exceptions.get(c.uid, c.exceptions)) for c in calendars)

    def told(self, rows: Iterable[FidelityRow]) -> list[FidelityRow]:
        """The rows of what MPXJ read, those of exceptions from our own reading."""
        return [row for row in rows if not (self.exceptions and _is_of_exceptions(row))] + list(self.rows)


def _is_of_exceptions(row: FidelityRow) -> bool:
    return row.entity == "calendar" and row.field in _TOLD


def set_aside(path: Path, folder: Path, *, limits: PlanLimits) -> SetAside:
    """The exceptions of a ProjectLibre file, where MPXJ would refuse one of them.

    folder  private; the file's parts are written there.
    Raises Refused, as `read_mspdi` does, where the plan in such a file is damaged.
    """
    head, separator, plan = path.read_bytes().partition(_SEPARATOR)
    if not _SEVERAL_WEEKDAYS.search(plan):
        return SetAside(path, {}, ())
    inner, plain = folder / "inner" / path.name, folder / "plain" / path.name
    for part, content in ((inner, plan), (plain, head + separator + _EXCEPTIONS.sub(b"", plan))):
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(content)
    found, rows = read_mspdi(inner, limits=limits)
    exceptions = {calendar.uid: calendar.exceptions for calendar in found.calendars}
    return SetAside(plain, exceptions, tuple(filter(_is_of_exceptions, rows)))
