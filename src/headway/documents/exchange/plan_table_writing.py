"""Writes a plan as a workbook of sheets or as one CSV table, each with what it cannot carry.

Cells are written by type, so no text becomes a formula; CSV text carries the usual guard. Reading
back is in `plan_table`.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import xlsxwriter

from headway.documents.exchange.cells import plain
from headway.documents.exchange.fidelity import CHANGED, DROPPED, KEPT, Fidelity, FidelityRow
from headway.documents.exchange.plan_columns import (
    OWN_MARKS,
    TASK_COLUMNS,
    Column,
    duration_text,
    link_text,
    resource_text,
)
from headway.documents.exchange.plan_sheets import (
    ASSIGNMENT_COLUMNS,
    BASELINE_COLUMNS,
    CALENDAR_COLUMNS,
    DAYS,
    EXCEPTION,
    PROJECT_FIELDS,
    RESOURCE_COLUMNS,
    WORK_WEEK,
    repeats_text,
    shifts_text,
)
from headway.documents.exchange.tables import neutralise
from headway.engine.plan import Assignment, Duration, Plan, ProjectSettings, Resource, Schedule, StoredDates, Task
from headway.engine.units import WorkTime

LONGEST_CELL = 32_767
FIRST_EXCEL_YEAR = 1900
DEEPEST_GROUP = 7
PRINTED_COLUMNS = 11  # up to the resources: what stays readable on a page's width
INK, PAPER, RULE, SOFT = "#1f3a5f", "#ffffff", "#d0d7e2", "#eef2f7"

_ALWAYS = frozenset({*OWN_MARKS, "ID", "WBS", "Name", "Duration", "Start", "Finish", "% Complete", "Predecessors"})
_FIELD_OF = {"percent": "percent_complete", "level": "outline_level"}
_DEFAULTS = {field.name: field.default for field in fields(Task)}
_UNCARRIED_TASK = ("splits",)
_STORED = frozenset({"start", "finish", "total_slack", "critical"})
_USUAL = ProjectSettings()  # what a reader of a lone CSV takes a day, week and month for
_UNIT_FIELDS = ("minutes_per_day", "minutes_per_week", "days_per_month")
_FORBIDDEN_IN_NAMES = str.maketrans(";[]\n\r", "     ")

Value = Callable[[Any], Any]


def write_xlsx(plan: Plan, path: Path, schedule: Schedule | None = None) -> list[FidelityRow]:
    """Write sheets Tasks, Resources, Assignments, Calendars, Baselines, Project; tell what is not carried.

    schedule  start, finish, slack and criticality to show; else the dates stored in the plan.
    """
    fidelity = Fidelity()
    table = _TaskTable(plan, schedule, fidelity, as_text=False)
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        pen = _Pen(book, plan.project, fidelity)
        _write_tasks(book, pen, plan, table)
        names = {task.uid: task.name for task in plan.tasks}
        people = {resource.uid: resource.name for resource in plan.resources}
        pen.sheet("Resources", RESOURCE_COLUMNS, plan.resources, {"max_units": lambda r: r.max_units * 100})
        links: dict[str, Value] = {
            "task": lambda a: names.get(a.task_uid, ""),
            "resource": lambda a: people.get(a.resource_uid, ""),
            "units": lambda a: a.units * 100,
        }
        pen.sheet("Assignments", ASSIGNMENT_COLUMNS, plan.assignments, links)
        pen.sheet("Calendars", CALENDAR_COLUMNS, list(_calendar_rows(plan)), {})
        baselines = [
            {"task_uid": task.uid, "task": task.name, **{f.name: getattr(b, f.name) for f in fields(b)}}
            for task in plan.tasks
            for b in task.baselines
        ]
        pen.sheet("Baselines", BASELINE_COLUMNS, baselines, {})
        pen.project_sheet(plan.project)
    finally:
        book.close()
    _note_kept(plan, fidelity)
    _note_lost(plan, fidelity)
    return fidelity.rows()


def write_csv(plan: Plan, path: Path, schedule: Schedule | None = None) -> list[FidelityRow]:
    """Write the tasks with their links and the names of their people; tell what is not carried."""
    fidelity = Fidelity()
    table = _TaskTable(plan, schedule, fidelity, as_text=True)
    if any(getattr(plan.project, name) != getattr(_USUAL, name) for name in _UNIT_FIELDS):
        fidelity.note("task", "duration", CHANGED, "written in days of 8 hours, weeks of 40, months of 20 days")
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream)
        writer.writerow([neutralise(name) for name in (*(c.header for c in table.columns), *table.custom)])
        for task in plan.tasks:
            values = [_csv_text(column, table.value(column, task)) for column in table.columns]
            writer.writerow([*values, *(_custom_text(task.custom.get(name)) for name in table.custom)])
    fidelity.note("task", "tasks", KEPT, count=len(plan.tasks))
    fidelity.note("link", "links", KEPT, count=len(plan.links))
    _note_lost(plan, fidelity)
    _note_lost_in_csv(plan, fidelity)
    return fidelity.rows()


# ---- the task table, common to both ------------------------------------------------------------


class _TaskTable:
    """Which columns this plan needs, and the value of each cell."""

    def __init__(self, plan: Plan, schedule: Schedule | None, fidelity: Fidelity, *, as_text: bool) -> None:
        self.plan, self.as_text = plan, as_text
        self.scheduled = schedule.by_uid() if schedule else {}
        self.ids = {task.uid: task.id for task in plan.tasks}
        self.by_id = len(set(self.ids.values())) == len(self.ids)
        self.predecessors = self._predecessors(fidelity)
        self.resources = self._resources(fidelity)
        self.columns = [column for column in TASK_COLUMNS if self._needed(column)]
        taken = {column.header for column in TASK_COLUMNS}
        names = dict.fromkeys(name for task in plan.tasks for name in task.custom)
        self.custom = [name for name in names if name.strip() == name and name and name not in taken]
        for name in names:
            if name not in self.custom:
                fidelity.note("task", f"custom field {name}", DROPPED, "its name is a column of its own")

    def value(self, column: Column, task: Task) -> Any:  # by the column's kind
        """What stands in this column for the task."""
        name = column.field
        if name in {"start", "finish", "total_slack", "critical"}:
            placed = self.scheduled.get(task.uid) or task.stored
            return getattr(placed, name) if placed else None
        if name in {"predecessors", "uid_predecessors"}:
            return self.predecessors.get(task.uid, "")
        if name == "resources":
            return self.resources.get(task.uid, "")
        return getattr(task, _FIELD_OF.get(name, name))

    def _needed(self, column: Column) -> bool:
        if column.field in {"predecessors", "uid_predecessors"}:
            return self.by_id == (column.field == "predecessors")
        if column.header in _ALWAYS:
            return True
        default = _DEFAULTS.get(_FIELD_OF.get(column.field, column.field))
        return any(self.value(column, task) not in {default, None, ""} for task in self.plan.tasks)

    def _predecessors(self, fidelity: Fidelity) -> dict[int, str]:
        found: dict[int, list[str]] = {}
        for link in self.plan.links:
            if link.predecessor_uid not in self.ids or link.successor_uid not in self.ids:
                fidelity.note("link", "to unknown tasks", DROPPED, f"{link.predecessor_uid} → {link.successor_uid}")
                continue
            number = self.ids[link.predecessor_uid] if self.by_id else link.predecessor_uid
            text = link_text(number, link.type, link.lag, _USUAL if self.as_text else self.plan.project)
            found.setdefault(link.successor_uid, []).append(text)
        return {uid: ";".join(texts) for uid, texts in found.items()}

    def _resources(self, fidelity: Fidelity) -> dict[int, str]:
        names = {resource.uid: resource.name for resource in self.plan.resources}
        found: dict[int, list[str]] = {}
        for assignment in self.plan.assignments:
            name = names.get(assignment.resource_uid) if assignment.resource_uid is not None else None
            if name is None:
                continue
            clean = " ".join(name.translate(_FORBIDDEN_IN_NAMES).split())
            if clean != name and self.as_text:
                fidelity.note("resource", "name", CHANGED, f"{name} → {clean}")
            found.setdefault(assignment.task_uid, []).append(resource_text(clean, assignment.units))
        return {uid: ";".join(texts) + (";" if "," in "".join(texts) else "") for uid, texts in found.items()}


def _csv_text(column: Column, value: Any) -> str:  # by the column's kind
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return neutralise(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, WorkTime):
        return plain(Decimal(f"{value.hours:.6f}"))
    if isinstance(value, Duration):
        return duration_text(value, _USUAL)
    return f"{plain(value)}%" if column.kind == "percent" else plain(Decimal(value))


def _custom_text(value: Any) -> str:  # what Task.custom may hold
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return neutralise(value)
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)


# ---- the workbook ------------------------------------------------------------------------------


@dataclass
class _Look:
    """The cell formats of one row kind."""

    plain: Any  # xlsxwriter ships no types
    by_kind: Mapping[str, Any]


_NUMBER_FORMATS = {
    "moment": "yyyy-mm-dd hh:mm",
    "end": "yyyy-mm-dd hh:mm",
    "day": "yyyy-mm-dd",
    "percent": "0%",
    "hours": "#,##0.0#",
    "number": "#,##0.00",
    "int": "0",
}


_RIGHT = frozenset({"percent", "hours", "number"})
_PROJECT_PAGE = (Column("field", "Field", width=26), Column("value", "Value", width=40))


class _Pen:
    """Writes typed cells in the house style."""

    def __init__(self, book: Any, settings: ProjectSettings, fidelity: Fidelity) -> None:
        self.book, self.settings, self.fidelity = book, settings, fidelity
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self.base = base
        header = {"bold": True, "font_color": PAPER, "bg_color": INK, "valign": "vcenter", "text_wrap": True}
        self.header = book.add_format({**base, **header, "bottom": 1, "bottom_color": RULE})
        self.header_right = book.add_format({**base, **header, "bottom": 1, "bottom_color": RULE, "align": "right"})
        self.label = book.add_format({**base, "bold": True})
        self.normal = self._look({})
        self.strong = self._look({"bold": True, "bg_color": SOFT})
        self._indents: dict[tuple[int, bool], Any] = {}

    def _look(self, extra: Mapping[str, Any]) -> _Look:
        line = {**self.base, "bottom": 1, "bottom_color": RULE, **extra}
        kinds = {
            kind: self.book.add_format({**line, "num_format": f, "align": "right" if kind in _RIGHT else "left"})
            for kind, f in _NUMBER_FORMATS.items()
        }
        return _Look(self.book.add_format(line), kinds)

    def indented(self, level: int, *, strong: bool) -> Any:
        """The format of a task's name at its outline level."""
        key = (min(level, 15), strong)
        if key not in self._indents:
            extra = {"bold": True, "bg_color": SOFT} if strong else {}
            line = {**self.base, "bottom": 1, "bottom_color": RULE, "indent": key[0], "align": "left", **extra}
            self._indents[key] = self.book.add_format(line)
        return self._indents[key]

    def page(self, name: str, columns: Sequence[Column], *, freeze: int = 0, rows: int = 0) -> Any:
        """A sheet with header, filter, frozen header and a printed title row."""
        sheet = self.book.add_worksheet(name)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.header, self.header_right if column.kind in _RIGHT else self.header)
            sheet.set_column(place, place, column.width)
        sheet.set_row(0, 30)
        sheet.freeze_panes(1, freeze)
        sheet.autofilter(0, 0, max(rows, 1), len(columns) - 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def cell(self, sheet: Any, row: int, place: int, kind: str, value: Any, look: _Look, form: Any = None) -> None:
        """One typed cell; an empty one keeps the row's look."""
        form = form or look.by_kind.get(kind, look.plain)
        if value is None or value == "":
            sheet.write_blank(row, place, None, form)
        elif isinstance(value, bool):
            sheet.write_boolean(row, place, value, look.plain)
        elif isinstance(value, str):
            self._text(sheet, row, place, value, form)
        elif isinstance(value, Enum):
            sheet.write_string(row, place, str(value.value), look.plain)
        elif isinstance(value, datetime | date):
            self._moment(sheet, row, place, value, form)
        elif isinstance(value, time):
            sheet.write_string(row, place, value.isoformat(), look.plain)
        elif isinstance(value, WorkTime):
            self._number(sheet, row, place, Decimal(f"{value.hours:.6f}"), look.by_kind["hours"])
        elif isinstance(value, Duration):
            sheet.write_string(row, place, duration_text(value, self.settings), look.plain)
        else:
            number = Decimal(str(value))
            form = look.by_kind["int"] if kind == "text" and isinstance(value, int) else form
            self._number(sheet, row, place, number / 100 if kind == "percent" else number, form)

    def _text(self, sheet: Any, row: int, place: int, value: str, form: Any) -> None:
        if len(value) > LONGEST_CELL:
            self.fidelity.note("text", "longer than a cell", CHANGED, value[:60])
        sheet.write_string(row, place, value[:LONGEST_CELL], form)

    def _moment(self, sheet: Any, row: int, place: int, value: date, form: Any) -> None:
        if value.year < FIRST_EXCEL_YEAR:
            sheet.write_string(row, place, str(value), form)
        else:
            sheet.write_datetime(row, place, value, form)

    def _number(self, sheet: Any, row: int, place: int, value: Decimal, form: Any) -> None:
        if Decimal(f"{float(value):.15g}") == value:
            sheet.write_number(row, place, float(value), form)
        else:
            sheet.write_string(row, place, plain(value), form)

    def sheet(self, name: str, columns: Sequence[Column], items: Sequence[Any], values: Mapping[str, Value]) -> None:
        """A plain list; an item gives a cell by `values`, by key or by attribute."""
        sheet = self.page(name, columns, rows=len(items))
        for row, item in enumerate(items, 1):
            for place, column in enumerate(columns):
                made = values.get(column.field)
                value = made(item) if made else _of(item, column.field)
                self.cell(sheet, row, place, column.kind, value, self.normal)

    def project_sheet(self, settings: ProjectSettings) -> None:
        """What the whole plan shares, one line each."""
        sheet = self.page("Project", _PROJECT_PAGE, rows=len(PROJECT_FIELDS))
        for row, (name, (label, kind)) in enumerate(PROJECT_FIELDS.items(), 1):
            sheet.write_string(row, 0, label, self.label)
            self.cell(sheet, row, 1, kind, getattr(settings, name), self.normal)


def _of(item: Any, name: str) -> Any:  # a row of a sheet, as mapping or dataclass
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name)


def _write_tasks(book: Any, pen: _Pen, plan: Plan, table: _TaskTable) -> None:
    columns = [*table.columns, *(Column(name, name, width=16) for name in table.custom)]
    name_place = next(place for place, c in enumerate(table.columns) if c.field == "name")
    sheet = pen.page("Tasks", columns, freeze=name_place + 1, rows=len(plan.tasks))
    sheet.outline_settings(symbols_below=False)
    sheet.print_area(0, 0, len(plan.tasks), min(len(columns), PRINTED_COLUMNS) - 1)
    for row, task in enumerate(plan.tasks, 1):
        look = pen.strong if task.summary else pen.normal
        sheet.set_row(row, None, None, {"level": min(task.outline_level - 1, DEEPEST_GROUP)})
        for place, column in enumerate(table.columns):
            form = pen.indented(task.outline_level - 1, strong=task.summary) if column.field == "name" else None
            pen.cell(sheet, row, place, column.kind, table.value(column, task), look, form)
        for place, name in enumerate(table.custom, len(table.columns)):
            value = task.custom.get(name)
            pen.cell(sheet, row, place, "moment" if isinstance(value, datetime) else "text", value, look)
    book.set_properties({"title": plan.project.title or plan.project.name, "author": plan.project.author})


def _calendar_rows(plan: Plan) -> Iterator[dict[str, Any]]:
    for calendar in plan.calendars:
        head = {"uid": calendar.uid, "calendar": calendar.name, "base_uid": calendar.base_uid}
        for day, shifts in zip(DAYS, calendar.days, strict=True):
            yield {**head, "entry": day, "shifts": shifts_text(shifts)}
        for exception in calendar.exceptions:
            yield {
                **head, "entry": EXCEPTION, "first": exception.first, "last": exception.last, "name": exception.name,
                "shifts": shifts_text(exception.shifts), "repeats": repeats_text(exception.recurrence),
            }  # fmt: skip
        for week in calendar.work_weeks:
            dated = {**head, "first": week.first, "last": week.last, "name": week.name}
            for day, shifts in zip(DAYS, week.days, strict=True):
                yield {**dated, "entry": f"{WORK_WEEK} {day}", "shifts": shifts_text(shifts)}


# ---- what is and is not carried ----------------------------------------------------------------


def _note_kept(plan: Plan, fidelity: Fidelity) -> None:
    for entity, items in (
        ("task", plan.tasks),
        ("link", plan.links),
        ("resource", plan.resources),
        ("assignment", plan.assignments),
        ("calendar", plan.calendars),
    ):
        if items:
            fidelity.note(entity, f"{entity}s", KEPT, count=len(items))
    baselines = Counter(baseline.number for task in plan.tasks for baseline in task.baselines)
    for number, count in sorted(baselines.items()):
        fidelity.note("task", f"baseline {number}", KEPT, count=count)


def _note_lost(plan: Plan, fidelity: Fidelity) -> None:
    """What neither form of table can hold."""
    for task in plan.tasks:
        for name in _UNCARRIED_TASK:
            if getattr(task, name):
                fidelity.note("task", name, DROPPED, task.name)
        for field in fields(StoredDates):
            if field.name not in _STORED and task.stored and getattr(task.stored, field.name) is not None:
                fidelity.note("task", f"stored {field.name}", DROPPED, task.name)
        for value in task.custom.values():
            if not isinstance(value, str | int | Decimal | datetime):
                fidelity.note("task", "custom field", CHANGED, f"{value} becomes text or a plain number")
        for baseline in task.baselines:
            if baseline.timephased_cost:
                fidelity.note("task", "timephased baseline cost", DROPPED, task.name)
    for assignment in plan.assignments:
        if assignment.timephased:
            fidelity.note("assignment", "timephased", DROPPED, f"task {assignment.task_uid}")
    for name in plan.project.custom:
        fidelity.note("project", f"custom field {name}", DROPPED)


def _note_lost_in_csv(plan: Plan, fidelity: Fidelity) -> None:
    """What needs the further sheets of a workbook."""
    for field in fields(ProjectSettings):
        value = getattr(plan.project, field.name)
        if field.name != "custom" and value not in {None, field.default, ""}:
            fidelity.note("project", field.name, DROPPED, value)
    for calendar in plan.calendars:
        fidelity.note("calendar", "calendar", DROPPED, calendar.name)
    for resource in plan.resources:
        _note_unlike(resource, Resource(0, 0, ""), {"uid", "id", "name"}, "resource", fidelity)
    for assignment in plan.assignments:
        if assignment.resource_uid is None:
            fidelity.note("assignment", "without resource", DROPPED, f"task {assignment.task_uid}")
        else:
            kept = {"uid", "task_uid", "resource_uid", "units", "timephased"}
            _note_unlike(assignment, Assignment(0, 0, 0), kept, "assignment", fidelity)
    for task in plan.tasks:
        for baseline in task.baselines:
            fidelity.note("task", f"baseline {baseline.number}", DROPPED, task.name)
        for value in task.custom.values():
            if not isinstance(value, str):
                fidelity.note("task", "custom field", CHANGED, f"{value} becomes text")


def _note_unlike(
    item: Any, default: Any, kept: set[str], entity: str, fidelity: Fidelity
) -> None:  # two of one dataclass
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name not in kept and value != getattr(default, field.name):
            fidelity.note(entity, field.name, DROPPED, value)
