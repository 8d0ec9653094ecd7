"""The further sheets of our own plan workbook: Project, Resources, Assignments, Calendars, Baselines.

Each sheet is a list of columns with a way to write and read a cell, so that what is written reads
back equal. Not here: the sheet Tasks (`plan_table`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from headway.documents.exchange.cells import Cell, CellError, DateOrder, moment_of, number_of, text_of, yes_or_no
from headway.documents.exchange.faults import RowError
from headway.documents.exchange.plan_columns import Column, duration_of, normal
from headway.documents.exchange.tables import Book, Table, find_table
from headway.engine.plan import (
    Assignment,
    Calendar,
    CalendarException,
    ConstraintType,
    ProjectSettings,
    Recurrence,
    Resource,
    ResourceType,
    Shift,
    TaskBaseline,
    TaskMode,
    TaskType,
    WorkContour,
    WorkWeek,
)
from headway.engine.units import WorkTime

_CONSTRAINT_NAMES = {
    ConstraintType.ASAP: "As Soon As Possible | So früh wie möglich",
    ConstraintType.ALAP: "As Late As Possible | So spät wie möglich",
    ConstraintType.MSO: "Must Start On | Muss anfangen am",
    ConstraintType.MFO: "Must Finish On | Muss enden am",
    ConstraintType.SNET: "Start No Earlier Than | Anfang nicht früher als",
    ConstraintType.SNLT: "Start No Later Than | Anfang nicht später als",
    ConstraintType.FNET: "Finish No Earlier Than | Ende nicht früher als",
    ConstraintType.FNLT: "Finish No Later Than | Ende nicht später als",
}
_MODE_NAMES = {
    TaskMode.AUTO: "Auto Scheduled | Automatically Scheduled | Automatisch geplant",
    TaskMode.MANUAL: "Manually Scheduled | Manuell geplant",
}
_TYPE_NAMES = {
    TaskType.FIXED_UNITS: "Fixed Units | Feste Einheiten",
    TaskType.FIXED_DURATION: "Fixed Duration | Feste Dauer",
    TaskType.FIXED_WORK: "Fixed Work | Feste Arbeit",
}


def _known(names: Mapping[Any, str]) -> dict[str, Any]:  # of one enum
    found = {normal(str(member.value)): member for member in names}
    for member, text in names.items():
        found |= {normal(name): member for name in text.split("|")}
    return found


CHOICES: Mapping[str, Mapping[str, Any]] = {  # kind of column -> name -> member of its enum
    "constraint": _known(_CONSTRAINT_NAMES),
    "mode": _known(_MODE_NAMES),
    "type": _known(_TYPE_NAMES),
    "resource_type": {normal(member.value): member for member in ResourceType},
    "contour": {normal(member.value): member for member in WorkContour},
}

RESOURCE_COLUMNS = (
    Column("uid", "Unique ID", "int", width=9), Column("id", "ID", "int", width=6), Column("name", "Name", width=30),
    Column("type", "Type", "resource_type", width=10), Column("initials", "Initials", width=8),
    Column("email", "E-mail", width=28), Column("group", "Group", width=16),
    Column("max_units", "Max Units", "percent", width=10), Column("calendar_uid", "Calendar ID", "int", width=9),
    Column("standard_rate", "Standard Rate (per h)", "number", width=12),
    Column("overtime_rate", "Overtime Rate (per h)", "number", width=12),
    Column("cost_per_use", "Cost per Use", "number", width=12), Column("notes", "Notes", width=40),
)  # fmt: skip
ASSIGNMENT_COLUMNS = (
    Column("uid", "Unique ID", "int", width=9), Column("task_uid", "Task Unique ID", "int", width=9),
    Column("task", "Task", width=40), Column("resource_uid", "Resource Unique ID", "int", width=9),
    Column("resource", "Resource", width=26), Column("units", "Units", "percent", width=8),
    Column("work", "Work (h)", "hours"), Column("actual_work", "Actual Work (h)", "hours"),
    Column("remaining_work", "Remaining Work (h)", "hours"), Column("overtime_work", "Overtime Work (h)", "hours"),
    Column("delay", "Delay", "duration"), Column("leveling_delay", "Leveling Delay", "duration"),
    Column("contour", "Contour", "contour"), Column("start", "Start", "moment", width=17),
    Column("finish", "Finish", "moment", width=17), Column("actual_start", "Actual Start", "moment", width=17),
    Column("actual_finish", "Actual Finish", "moment", width=17), Column("stop", "Stop", "moment", width=17),
    Column("resume", "Resume", "moment", width=17), Column("cost", "Cost", "number"),
    Column("actual_cost", "Actual Cost", "number"),
)  # fmt: skip
BASELINE_COLUMNS = (
    Column("task_uid", "Task Unique ID", "int", width=9), Column("task", "Task", width=40),
    Column("number", "Baseline", "int", width=9), Column("start", "Start", "moment", width=17),
    Column("finish", "Finish", "moment", width=17), Column("duration", "Duration (h)", "hours"),
    Column("work", "Work (h)", "hours"), Column("cost", "Cost", "number"),
)  # fmt: skip
CALENDAR_COLUMNS = (
    Column("uid", "Calendar ID", "int", width=9), Column("calendar", "Calendar", width=24),
    Column("base_uid", "Base Calendar ID", "int", width=9), Column("entry", "Entry", width=22),
    Column("first", "First", "day", width=12), Column("last", "Last", "day", width=12),
    Column("name", "Name", width=28), Column("shifts", "Shifts", width=34), Column("repeats", "Repeats", width=40),
)  # fmt: skip
PROJECT_FIELDS: Mapping[str, tuple[str, str]] = {
    "name": ("Name", "text"), "title": ("Title", "text"), "start": ("Start", "moment"), "finish": ("Finish", "moment"),
    "schedule_from_start": ("Schedule from start", "flag"), "status_date": ("Status date", "moment"),
    "calendar_uid": ("Calendar ID", "int"), "minutes_per_day": ("Minutes per day", "int"),
    "minutes_per_week": ("Minutes per week", "int"), "days_per_month": ("Days per month", "int"),
    "default_start": ("Default start", "clock"), "default_finish": ("Default finish", "clock"),
    "honor_constraints": ("Honour constraints", "flag"), "critical_slack_limit": ("Critical slack limit (h)", "hours"),
    "multiple_critical_paths": ("Several critical paths", "flag"), "split_in_progress": ("Split started tasks", "flag"),
    "move_completed_back": ("Move done parts back to the status date", "flag"),
    "move_remaining_back": ("Move what remains back with them", "flag"),
    "move_remaining_forward": ("Move what remains forward to the status date", "flag"),
    "move_completed_forward": ("Move done parts forward with it", "flag"),
    "currency": ("Currency", "text"), "author": ("Author", "text"), "manager": ("Manager", "text"),
    "company": ("Company", "text"), "application": ("Written by", "text"),
}  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EXCEPTION, WORK_WEEK, NOT_WORKED, AS_BASE = "Exception", "Week", "not worked", "as base"


@dataclass
class Sheets:
    """What the sheets beside Tasks hold; None where a sheet is missing."""

    project: ProjectSettings | None = None
    calendars: tuple[Calendar, ...] = ()
    resources: tuple[Resource, ...] | None = None
    assignments: tuple[Assignment, ...] | None = None
    baselines: dict[int, tuple[TaskBaseline, ...]] = field(default_factory=dict)


def read_sheets(book: Book, errors: list[RowError]) -> Sheets:
    """All further sheets of our own workbook; faults are added to `errors`."""
    found = Sheets()
    if book.sheet("Project"):
        found.project = _project(book, errors)
    settings = found.project or ProjectSettings()
    if book.sheet("Calendars"):
        found.calendars = _calendars(book, errors, settings)
    if book.sheet("Resources"):
        rows = [row for _, row in _rows(book, "Resources", RESOURCE_COLUMNS, errors, settings)]
        found.resources = tuple(_made(Resource, row, max_units=_share(row, "max_units")) for row in rows)
    if book.sheet("Assignments"):
        rows = [row for _, row in _rows(book, "Assignments", ASSIGNMENT_COLUMNS, errors, settings)]
        found.assignments = tuple(_made(Assignment, row, units=_share(row, "units")) for row in rows)
    if book.sheet("Baselines"):
        for _, row in _rows(book, "Baselines", BASELINE_COLUMNS, errors, settings):
            uid = int(row["task_uid"] or 0)
            baseline = TaskBaseline(*(row[name] for name in ("number", "start", "finish", "duration", "work", "cost")))
            found.baselines[uid] = (*found.baselines.get(uid, ()), baseline)
    return found


def _share(row: Mapping[str, Any], name: str) -> Decimal:
    percent = row[name]
    return Decimal(1) if percent is None else Decimal(percent) / 100


def _made(kind: Any, row: Mapping[str, Any], **more: Any) -> Any:  # one dataclass of the plan from its row
    known = kind.__dataclass_fields__
    given = {name: value for name, value in row.items() if name in known and value is not None}
    if "resource_uid" in known:
        given["resource_uid"] = row["resource_uid"]
    return kind(**{**given, **more})


def _rows(
    book: Book, sheet: str, columns: Sequence[Column], errors: list[RowError], settings: ProjectSettings
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row by field, typed; the row is left out when a cell is faulty."""
    wanted = {normal(column.header) for column in columns}
    table = find_table(book, lambda names: sum(normal(name) in wanted for name in names), sheet=sheet)
    places = {normal(name): place for place, name in enumerate(table.columns)}
    errors += [error for error in table.source.errors if error.row and error.row > table.header_row]
    missing = [c.header for c in columns if c.kind != "text" and normal(c.header) not in places]
    if missing:
        message = f"The sheet lacks columns: {', '.join(missing)}. Write the workbook anew, or remove the sheet."
        errors.append(table.error(table.header_row, missing[0], "", message))
        return
    for number, cells in table.rows(errors):
        before = len(errors)
        row = {
            column.field: _cell(table, number, column, cells[places[normal(column.header)]], errors, settings)
            if normal(column.header) in places
            else ""
            for column in columns
        }
        if len(errors) == before:
            yield number, row


def _cell(
    table: Table, number: int, column: Column, cell: Cell, errors: list[RowError], settings: ProjectSettings
) -> Any:  # by the column's kind
    try:
        return value_of(column.kind, cell, settings)
    except CellError as error:
        errors.append(table.error(number, column.header, text_of(cell), str(error)))
        return None


def value_of(kind: str, cell: Cell, settings: ProjectSettings) -> Any:  # by kind
    """One typed cell of our own sheets; None when empty. Raises CellError."""
    text = text_of(cell)
    if kind == "text":
        return cell if isinstance(cell, str) else text
    if not text:
        return None
    if kind in CHOICES:
        member = CHOICES[kind].get(normal(text))
        if member is None:
            raise CellError(f"Expected one of: {', '.join(dict.fromkeys(m.value for m in CHOICES[kind].values()))}.")
        return member
    if kind == "percent":
        return cell * 100 if isinstance(cell, Decimal) else number_of(text.removesuffix("%").strip())
    if kind == "flag":
        return yes_or_no(cell)
    if kind == "duration":
        return duration_of(text, settings)
    if kind in {"moment", "day"}:
        return _moment(cell) if kind == "moment" else _moment(cell).date()
    if kind == "clock":
        return _clock(text)
    number = number_of(cell)
    if kind == "int":
        if number != int(number):
            raise CellError("Expected a whole number.")
        return int(number)
    return WorkTime.from_hours(number) if kind == "hours" else number


def _moment(cell: Cell) -> datetime:
    if isinstance(cell, datetime):
        return (cell + timedelta(microseconds=500_000)).replace(microsecond=0)
    found = moment_of(cell, DateOrder.YMD)
    return datetime.combine(found.day, found.clock or time())


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise CellError("Expected a time such as 08:00.") from None


def _project(book: Book, errors: list[RowError]) -> ProjectSettings:
    sheet = book.sheet("Project")
    labels = {normal(label): (name, kind) for name, (label, kind) in PROJECT_FIELDS.items()}
    given: dict[str, Any] = {}
    for number, cells in sheet.rows() if sheet else ():
        label, cell = text_of(cells[0]), cells[1] if len(cells) > 1 else ""
        known = labels.get(normal(label))
        if known is None:
            continue
        try:
            value = value_of(known[1], cell, ProjectSettings())
        except CellError as error:
            errors.append(RowError(book.file, "Project", number, label, text_of(cell), str(error)))
            continue
        if value is not None:
            given[known[0]] = value
    return ProjectSettings(**given)


# ---- calendars ---------------------------------------------------------------------------------


def shifts_text(shifts: tuple[Shift, ...] | None) -> str:
    """'08:00-12:00; 13:00-17:00', 'not worked', or 'as base' for None."""
    if shifts is None:
        return AS_BASE
    return "; ".join(f"{_hour(s.start)}-{_hour(s.end)}" for s in shifts) or NOT_WORKED


def _hour(clock: time) -> str:
    return clock.strftime("%H:%M:%S" if clock.second else "%H:%M")


def shifts_of(text: str) -> tuple[Shift, ...] | None:
    """The shifts of a written day. Raises CellError."""
    if normal(text) == AS_BASE:
        return None
    if normal(text) == NOT_WORKED:
        return ()
    shifts = []
    for part in text.split(";"):
        start, dash, end = part.strip().partition("-")
        if not dash:
            raise CellError("Expected shifts such as 08:00-12:00; 13:00-17:00, 'not worked' or 'as base'.")
        shifts.append(Shift(_clock(start.strip()), _clock(end.strip())))
    return tuple(shifts)


_REPEATS = ("interval", "weekdays", "day", "month", "position", "occurrences")


def repeats_text(recurrence: Recurrence | None) -> str:
    """'weekly; interval=2; weekdays=0,4', or nothing."""
    if recurrence is None:
        return ""
    parts = [recurrence.kind]
    for name in _REPEATS:
        value = getattr(recurrence, name)
        if value not in {None, ()}:
            parts.append(f"{name}={','.join(map(str, value)) if isinstance(value, tuple) else value}")
    return "; ".join(parts)


_KINDS = ("daily", "weekly", "monthly_day", "monthly_weekday", "yearly_day", "yearly_weekday")


def repeats_of(text: str) -> Recurrence | None:
    """The recurrence as written. Raises CellError."""
    if not text:
        return None
    kind, *parts = (part.strip() for part in text.split(";"))
    given: dict[str, Any] = {}
    for part in parts:
        name, _, value = part.partition("=")
        numbers = value.split(",")
        if name not in _REPEATS or not all(n.isascii() and n.isdecimal() and len(n) < 6 for n in numbers):
            raise CellError("Expected a recurrence such as 'weekly; interval=2; weekdays=0,4'.")
        given[name] = tuple(map(int, numbers)) if name == "weekdays" else int(numbers[0])
    if kind not in _KINDS or given.get("interval", 1) < 1:
        raise CellError(f"Expected a recurrence of: {', '.join(_KINDS)}.")
    return Recurrence(kind, **given)


@dataclass
class _Pages:
    """A calendar while its rows come in."""

    name: str
    base: int | None
    days: dict[int, tuple[Shift, ...] | None] = field(default_factory=dict)
    exceptions: list[CalendarException] = field(default_factory=list)
    weeks: dict[tuple[date, date, str], dict[int, tuple[Shift, ...] | None]] = field(default_factory=dict)


def _calendars(book: Book, errors: list[RowError], settings: ProjectSettings) -> tuple[Calendar, ...]:
    pages: dict[int, _Pages] = {}
    for number, row in _rows(book, "Calendars", CALENDAR_COLUMNS, errors, settings):
        try:
            page = pages.setdefault(int(row["uid"] or 0), _Pages(row["calendar"], row["base_uid"]))
            _calendar_row(page, row)
        except CellError as error:
            errors.append(RowError(book.file, "Calendars", number, "Shifts", row["shifts"], str(error)))
    return tuple(
        Calendar(
            uid,
            page.name,
            tuple(page.days.get(day) for day in range(7)),
            tuple(page.exceptions),
            tuple(
                WorkWeek(first, last, tuple(days.get(day) for day in range(7)), name)
                for (first, last, name), days in page.weeks.items()
            ),
            page.base,
        )
        for uid, page in pages.items()
    )


def _calendar_row(page: _Pages, row: Mapping[str, Any]) -> None:
    entry, shifts = row["entry"], shifts_of(row["shifts"])
    if entry in DAYS:
        page.days[DAYS.index(entry)] = shifts
        return
    first, last = row["first"], row["last"]
    if first is None or last is None or last < first:
        raise CellError("Expected a first and a last day.")
    if entry == EXCEPTION:
        page.exceptions.append(CalendarException(first, last, shifts or (), row["name"], repeats_of(row["repeats"])))
        return
    kind, _, day = entry.partition(" ")
    if kind != WORK_WEEK or day not in DAYS:
        raise CellError(f"Expected a weekday, '{EXCEPTION}' or '{WORK_WEEK} Monday' as entry.")
    page.weeks.setdefault((first, last, row["name"]), {})[DAYS.index(day)] = shifts
