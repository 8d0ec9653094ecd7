"""The rows of an hours file, what was found wrong or open in it, and its totals.

Light enough for any process; the reading itself happens in a child (`reading`).
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NamedTuple

from headway.documents import child
from headway.documents.exchange.faults import RowError
from headway.documents.exchange.fidelity import Question

HOURS_TOLERANCE = Decimal("0.1")
MONEY_TOLERANCE = Decimal(1)
ENTRY = "headway.documents.exchange.hours.reading:stage"
STAGED = "rows.jsonl.gz"
# Half a million rows take a quarter of this where the machine has nothing else to do.
UPLOAD_LIMITS = child.Limits(seconds=120, cpu_factor=1, memory_mb=1024, file_mb=400, output_mb=400)
_LONGEST_LINE = 8 * child.MEGABYTE


class HoursRow(NamedTuple):
    """One time entry of a file. A named tuple, not a dataclass: there may be a million.

    number       row as a spreadsheet shows it, the header included.
    person       name as in the file; user name or e-mail where there is no name.
    start, end   local and naive, in `zone` where one is known.
    content_key  hash of source, person, date, project, task, note and hours; the second and
                 further equal rows carry '-2', '-3', so true twins stay apart.
    raw          the cells as text, in the order of the file's columns.
    """

    number: int
    person: str
    email: str
    employee_id: str
    day: date
    start: datetime | None
    end: datetime | None
    zone: str
    project: str
    project_code: str
    client: str
    task: str
    task_code: str
    role: str
    note: str
    hours: Decimal
    billable: bool | None
    bill_rate: Decimal | None
    bill_amount: Decimal | None
    cost_rate: Decimal | None
    cost_amount: Decimal | None
    currency: str
    tags: tuple[str, ...]
    source_key: str
    content_key: str
    raw: tuple[str, ...]

    @property
    def key(self) -> str:
        """What makes a re-import find this row again."""
        return self.source_key or self.content_key

    def as_json(self) -> list[Any]:
        """The fields in order; dates ISO, numbers as text."""
        values: list[Any] = list(self)
        values[_DAY] = self.day.isoformat()
        for place in _INSTANTS:
            if values[place] is not None:
                values[place] = values[place].isoformat()
        for place in _NUMBERS:
            if values[place] is not None:
                values[place] = str(values[place])
        return values

    @classmethod
    def from_json(cls, given: list[Any]) -> HoursRow:
        """The row again; raises ValueError or TypeError for anything else."""
        values = list(given)
        values[_DAY] = date.fromisoformat(values[_DAY])
        for place in _INSTANTS:
            values[place] = None if values[place] is None else datetime.fromisoformat(values[place])
        for place in _NUMBERS:
            values[place] = None if values[place] is None else Decimal(values[place])
        for place in _LISTS:
            values[place] = tuple(values[place])
        return cls(*values)


_DAY = HoursRow._fields.index("day")
_INSTANTS = [HoursRow._fields.index(name) for name in ("start", "end")]
_NUMBERS = [HoursRow._fields.index(name) for name in ("hours", "bill_rate", "bill_amount", "cost_rate", "cost_amount")]
_LISTS = [HoursRow._fields.index(name) for name in ("tags", "raw")]


@dataclass(frozen=True, slots=True)
class Total:
    """Hours, and billable amounts by currency ('' where the file names none)."""

    hours: Decimal = Decimal(0)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


Totals = Mapping[tuple[str, str], Total]


@dataclass(frozen=True)
class HoursFile:
    """An hours file as read. Rows are there only when nothing is wrong and nothing is open.

    source       the tracker's family, part of every content key; `layout` which export of it.
    rows         empty when staged to a file; `count` always says how many there are.
    error_count  all faults; `errors` holds the first ones.
    by_person    (month 'YYYY-MM', person) -> total; `by_project` likewise.
    who          (person, e-mail, project, project code) -> rows, those with faults included.
    worked       the same -> hours; empty where anything is wrong or open.
    tasks        (project, project code, task) -> good rows that name a task.
    """

    file: str
    sheet: str
    source: str
    layout: str
    label: str
    columns: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)  # field -> column it is read from
    rows: tuple[HoursRow, ...] = ()
    count: int = 0
    questions: tuple[Question, ...] = ()
    errors: tuple[RowError, ...] = ()
    error_count: int = 0
    warnings: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    by_person: Totals = field(default_factory=dict)
    by_project: Totals = field(default_factory=dict)
    who: Mapping[tuple[str, str, str, str], int] = field(default_factory=dict)
    worked: Mapping[tuple[str, str, str, str], Decimal] = field(default_factory=dict)
    tasks: Mapping[tuple[str, str, str], int] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether the rows may be imported."""
        return not self.questions and not self.error_count

    def as_json(self) -> dict[str, Any]:
        """A JSON object, rows included."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "source": self.source,
            "layout": self.layout,
            "label": self.label,
            "columns": list(self.columns),
            "fields": dict(self.fields),
            "rows": [row.as_json() for row in self.rows],
            "count": self.count,
            "questions": [question.as_json() for question in self.questions],
            "errors": [error.as_json() for error in self.errors],
            "error_count": self.error_count,
            "warnings": list(self.warnings),
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "by_person": _totals_json(self.by_person),
            "by_project": _totals_json(self.by_project),
            "who": [[*names, rows] for names, rows in self.who.items()],
            "worked": [[*names, str(hours)] for names, hours in self.worked.items()],
            "tasks": [[*names, rows] for names, rows in self.tasks.items()],
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> HoursFile:
        """The file again; raises KeyError, ValueError or TypeError for anything else."""
        return cls(
            **{name: given[name] for name in ("file", "sheet", "source", "layout", "label", "count", "error_count")},
            columns=tuple(given["columns"]),
            fields=dict(given["fields"]),
            rows=tuple(HoursRow.from_json(row) for row in given["rows"]),
            questions=tuple(
                Question(q["field"], q["message"], tuple(q["choices"]), q["assumed"]) for q in given["questions"]
            ),
            errors=tuple(RowError.from_json(error) for error in given["errors"]),
            warnings=tuple(given["warnings"]),
            first_day=date.fromisoformat(given["first_day"]) if given["first_day"] else None,
            last_day=date.fromisoformat(given["last_day"]) if given["last_day"] else None,
            by_person=_totals(given["by_person"]),
            by_project=_totals(given["by_project"]),
            who={(name, email, project, code): int(rows) for name, email, project, code, rows in given["who"]},
            worked={(name, email, project, code): Decimal(h) for name, email, project, code, h in given["worked"]},
            tasks={(project, code, task): int(rows) for project, code, task, rows in given["tasks"]},
        )


def _totals_json(totals: Totals) -> list[list[Any]]:
    return [
        [month, name, str(total.hours), {code: str(amount) for code, amount in total.amounts.items()}]
        for (month, name), total in totals.items()
    ]


def _totals(given: Iterable[list[Any]]) -> Totals:
    return {
        (month, name): Total(Decimal(hours), {code: Decimal(amount) for code, amount in amounts.items()})
        for month, name, hours, amounts in given
    }


# ---- reconciliation ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A month and name whose totals in file and store differ too much. `currency` '' = hours."""

    month: str
    name: str
    currency: str
    file: Decimal
    store: Decimal


def differences(file: Totals, store: Totals) -> tuple[Difference, ...]:
    """Where file and store differ by more than 0.1 h or 1 currency unit, by month and name."""
    found = []
    for month, name in sorted(file.keys() | store.keys()):
        left, right = file.get((month, name), Total()), store.get((month, name), Total())
        if abs(left.hours - right.hours) > HOURS_TOLERANCE:
            found.append(Difference(month, name, "", left.hours, right.hours))
        for code in sorted(left.amounts.keys() | right.amounts.keys()):
            one, other = left.amounts.get(code, Decimal(0)), right.amounts.get(code, Decimal(0))
            if abs(one - other) > MONEY_TOLERANCE:
                found.append(Difference(month, name, code or "?", one, other))
    return tuple(found)


# ---- through the child -------------------------------------------------------------------------


def read_upload(
    path: Path,
    *,
    name: str = "",
    answers: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,  # the caller's JSON, checked in the child
    limits: child.Limits = UPLOAD_LIMITS,
    should_stop: Callable[[], bool] | None = None,
) -> tuple[HoursFile, bytes]:
    """An outside file read in a limited child process, and its rows, packed: `read_staged` gives them one by one.

    name  what errors call the file, and whose ending says its kind; default the path's own. A plain file name.
    Raises Refused for a file that cannot be read at all, ChildError at a limit.
    """
    called = name or path.name
    payload = {"file": called, "answers": dict(answers or {}), "mapping": dict(mapping or {})}
    result = child.run(ENTRY, payload, inputs={called: path}, limits=limits, should_stop=should_stop)
    return HoursFile.from_json(result.value), result.outputs.get(STAGED, b"")


_as_text = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def stage_rows(rows: Iterable[HoursRow], stream: IO[bytes]) -> None:
    """Write rows as `read_staged` reads them, packed lightly: in a line the row as JSON, a tab, its cells as JSON."""
    with gzip.open(stream, "wt", compresslevel=1, encoding="utf-8") as lines:
        for row in rows:
            values = row.as_json()
            raw = _as_text(values.pop())
            lines.write(f"{_as_text(values)}\t{raw}\n")


def read_staged(packed: bytes) -> Iterator[HoursRow]:
    """The rows that the child left, in file order."""
    for values, raw in read_staged_with_text(packed):
        yield HoursRow.from_json([*values, json.loads(raw)])


def read_staged_with_text(packed: bytes) -> Iterator[tuple[list[Any], str]]:
    """The same as in `as_json`, without `raw`, and beside each row its cells as JSON: most readers hand these on."""
    if not packed:
        return
    decode = json.JSONDecoder().raw_decode
    with gzip.open(io.BytesIO(packed), "rt", encoding="utf-8", newline="\n") as stream:
        while line := stream.readline(_LONGEST_LINE):
            values, end = decode(line)
            if line[end] == "\t":
                yield values, line[end + 1 :].rstrip("\n")
            else:  # staged by an earlier version: the cells are the last of the row
                yield values[:-1], _as_text(values[-1])
