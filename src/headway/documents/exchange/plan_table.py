"""Reads a plan from a table: our own workbook exactly, any other table by the names of its columns.

Everything wrong is collected with its row and column; a faulty table gives no plan at all.
Not here: the column names and cell texts (`plan_columns`), writing (`plan_table_writing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from headway.documents.child import Refused
from headway.documents.exchange.cells import (
    Cell,
    CellError,
    DateOrder,
    DecimalSign,
    date_order,
    moment_of,
    number_of,
    sign_evidence,
    text_of,
    yes_or_no,
)
from headway.documents.exchange.checks import link_ring
from headway.documents.exchange.faults import RowError, TableErrors
from headway.documents.exchange.fidelity import (
    CHANGED,
    KEPT,
    UPLOAD_PLAN,
    Fidelity,
    PlanFile,
    PlanLimits,
    Question,
)
from headway.documents.exchange.hours.sources import looks_like_hours
from headway.documents.exchange.plan_columns import (
    FOREIGN_COLUMNS,
    OWN_MARKS,
    TASK_COLUMNS,
    TRACKER_COLUMNS,
    Column,
    duration_of,
    links_of,
    normal,
    resources_of,
)
from headway.documents.exchange.plan_sheets import CHOICES, Sheets, read_sheets
from headway.documents.exchange.plan_table_writing import write_csv, write_xlsx
from headway.documents.exchange.tables import Table, TableLimits, find_table, open_book, reveal
from headway.engine.calendars import Calendars, standard_calendar
from headway.engine.plan import (
    Assignment,
    ConstraintType,
    Duration,
    Link,
    Plan,
    ProjectSettings,
    Resource,
    StoredDates,
    Task,
    TaskMode,
)
from headway.engine.units import WorkTime

__all__ = ["mappable", "proposed", "read_table", "score", "write_csv", "write_xlsx"]

MOST_ERRORS = 1000
DEEPEST_LEVEL = 200
_BY_FIELD = {column.field: column for column in (*FOREIGN_COLUMNS, *TASK_COLUMNS)}
_MAPPABLE = sorted(_BY_FIELD)
_DONE = frozenset(
    [
        "done",
        "complete",
        "completed",
        "closed",
        "resolved",
        "finished",
        "erledigt",
        "fertig",
        "abgeschlossen",
        "geschlossen",
    ]
)
_TRACKER_MARKS = frozenset({"issue key", "issue type", "vorgangsschlüssel", "vorgangstyp"})
_ESTIMATE = Duration(WorkTime(0), "d", estimated=True)


def read_table(
    path: Path,
    *,
    mapping: Mapping[str, Any] | None = None,
    answers: Mapping[str, str] | None = None,
    limits: PlanLimits = UPLOAD_PLAN,
) -> PlanFile:
    """The plan of an XLSX, ODS, CSV or TSV table, what became of its columns, and open questions.

    mapping  {"columns": {field: column}, "sheet": name}; overrides what the column names say.
    answers  date_order (dmy, mdy, ymd), encoding, decimal_sign (point, comma), as_plan (for what looks like hours).
    Raises TableErrors with every fault, each naming row and column; Refused for an unreadable file.
    """
    size = TableLimits(rows=limits.tasks * 2, sheet_rows=max(50_000, limits.links), megabytes=limits.megabytes)
    book = open_book(path, answers=answers, limits=size)
    asked = _asked(mapping or {})
    wanted = {normal(str(name)) for name in asked.values() if name}
    sheet = str((mapping or {}).get("sheet") or "")
    if not sheet and book.sheet("Tasks") and book.sheet("Project"):
        sheet = "Tasks"
    table = find_table(book, lambda names: _points(names, wanted), sheet=sheet)
    own = set(OWN_MARKS) <= set(table.columns)
    reader = _Reader(table, asked, answers or {}, own=own)
    if own:
        reader.sheets = read_sheets(book, reader.errors)
    return reader.plan_file(limits)


def _asked(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    columns = mapping.get("columns", {})
    if not isinstance(columns, Mapping):
        raise Refused("In the mapping, 'columns' must name a column for each field.", {"field": "columns"})
    unknown = sorted(set(columns) - set(_MAPPABLE))
    if unknown:
        message = f"The mapping names unknown fields: {', '.join(unknown)}. Known: {', '.join(_MAPPABLE)}."
        raise Refused(message, {"field": unknown[0]})
    return columns


def _names(columns: Iterable[Column]) -> dict[str, str]:
    return {name: column.field for column in reversed(list(columns)) for name in column.names}


_KNOWN = _names((*FOREIGN_COLUMNS, *TASK_COLUMNS))
_KNOWN_TRACKER = {**_KNOWN, **_names(TRACKER_COLUMNS)}
_OWN = {column.header: column.field for column in TASK_COLUMNS}


# What exports of hours do not have.
_OF_PLANS = frozenset(
    [
        *("wbs", "level", "percent", "predecessors", "uid_predecessors", "milestone", "summary", "mode"),
        *("constraint", "deadline", "actual_finish", "total_slack", "critical"),
    ]
)
_LIKE_HOURS = "This looks like an export of hours: its columns name a person, a day and a time."
_AS_PLAN = "as_plan"


def _points(names: Sequence[str], wanted: set[str]) -> float:
    known = [_KNOWN.get(normal(name)) for name in names]
    mapped = sum(normal(name) in wanted for name in names)
    return len(set(known) - {None}) + 2 * ("name" in known) + 3 * mapped


def score(names: Sequence[str]) -> float:
    """How much a row looks like the header of a table of tasks."""
    return _points(names, set())


def looks_like_plan(columns: Sequence[str]) -> bool:
    """Whether tasks are named, and something that only plans tell of them."""
    fields = {_KNOWN.get(normal(name)) for name in columns}
    return "name" in fields and not fields.isdisjoint(_OF_PLANS)


def proposed(table: Table) -> dict[str, str]:
    """Field → column, as the names of the columns say."""
    own = set(OWN_MARKS) <= set(table.columns)
    return {name: table.columns[place] for name, place in _places(table, {}, [], own=own).items()}


def mappable() -> list[Column]:
    """The columns that a mapping can name."""
    return list({column.field: column for column in (*TASK_COLUMNS, *FOREIGN_COLUMNS)}.values())


def _places(table: Table, asked: Mapping[str, Any], errors: list[RowError], *, own: bool) -> dict[str, int]:
    """The column of each field; among several names of one field the preferred one."""
    normals = [normal(name) for name in table.columns]
    tracker = bool(_TRACKER_MARKS & set(normals))
    known = _KNOWN_TRACKER if tracker else _KNOWN
    places: dict[str, int] = {}
    ranks: dict[str, int] = {}
    for place, name in enumerate(table.columns):
        found = _OWN.get(name) if own else known.get(normals[place])
        if found is None:
            continue
        rank = _rank(found, normals[place], tracker=tracker)
        if found not in places or rank < ranks[found]:
            places[found], ranks[found] = place, rank
    for name, column in asked.items():
        places.pop(name, None)
        if column in {None, ""}:
            continue
        if normal(str(column)) in normals:
            places[name] = normals.index(normal(str(column)))
        else:
            message = (
                f"The mapping asks for column '{column}', which is not there. Columns: {', '.join(table.columns)}."
            )
            errors.append(table.error(table.header_row, name, str(column), message))
    return places


def _rank(found: str, name: str, *, tracker: bool) -> int:
    columns = TRACKER_COLUMNS if tracker and found == "name" else (_BY_FIELD[found],)
    names = [known for column in (*columns, _BY_FIELD[found]) for known in column.names]
    return names.index(name) if name in names else len(names)


# ---- one table ---------------------------------------------------------------------------------


@dataclass
class _Row:
    """One task as read: its cells by field, before it is known who its relatives are."""

    number: int
    cells: dict[str, Any]  # values as their column's kind reads them
    links: str
    resources: str
    indent: int
    custom: dict[str, Any] = field(default_factory=dict)
    uid: int = 0
    id: int = 0
    level: int = 1
    parent: int | None = None


class _Reader:
    """Reads one table in steps: cells, identity, outline, links, people, dates."""

    def __init__(self, table: Table, asked: Mapping[str, Any], answers: Mapping[str, str], *, own: bool) -> None:
        self.table, self.answers, self.own = table, answers, own
        self.errors: list[RowError] = [e for e in table.source.errors if e.row and e.row > table.header_row]
        self.questions: list[Question] = list(table.questions)
        self.places = _places(table, asked, self.errors, own=own)
        self.fidelity = Fidelity()
        self.sheets: Sheets | None = None
        self.order = DateOrder.YMD
        self.signs: dict[str, DecimalSign] = {}
        self.fractions: set[str] = set()
        if "name" not in self.places:
            header = ", ".join(filter(None, table.columns))
            message = (
                "No column for the task's name was recognised. Rename it, or name it in the mapping, "
                'as {"columns": {"name": "…"}}.'
            )
            self.errors.append(table.error(table.header_row, "name", header, message))
        self.like_hours = looks_like_hours(table.columns) and not looks_like_plan(table.columns)
        if self.like_hours and _AS_PLAN not in answers:
            message = f"{_LIKE_HOURS} If it is one, import it as hours. Or is each row a task?"
            self.questions.append(Question(_AS_PLAN, message, ("each row is a task",), "each row is a task"))

    def plan_file(self, limits: PlanLimits) -> PlanFile:
        """All steps; raises TableErrors after the step that found faults."""
        self._stop_at_faults()
        self.settings = self.sheets.project if self.sheets and self.sheets.project else ProjectSettings()
        self._decide_styles()
        rows = list(self._rows())
        if not rows:
            self._stop_at_faults()
            raise Refused("The table holds no tasks.", {"file": self.table.file, "sheet": self.table.sheet})
        if len(rows) > limits.tasks:
            raise Refused(
                f"The plan has more than {limits.tasks:,} tasks, which is the limit.", {"file": self.table.file}
            )
        self._identify(rows)
        self._outline(rows)
        links = tuple(self._links(rows))
        resources, assignments = self._people(rows)
        self._stop_at_faults()
        plan = self._plan(rows, links, resources, assignments)
        self._stop_at_faults()
        if len(plan.links) > limits.links:
            raise Refused(
                f"The plan has more than {limits.links:,} links, which is the limit.", {"file": self.table.file}
            )
        self._check_ring(plan, rows)
        for name, place in self.places.items():
            self.fidelity.note("task", self.table.columns[place], KEPT, count=len(rows), example=f"as {name}")
        return PlanFile(plan, tuple(self.fidelity.rows()), tuple(self.questions))

    def _stop_at_faults(self) -> None:
        if self.errors and self.like_hours:
            header = ", ".join(filter(None, self.table.columns))
            self.errors.append(
                self.table.error(self.table.header_row, "", header, f"{_LIKE_HOURS} Import it as hours.")
            )
        if self.errors:
            raise TableErrors(sorted(self.errors, key=lambda error: error.row or 0)[:MOST_ERRORS])

    def _fault(self, row: int, name: str, value: object, message: str) -> None:
        place = self.places.get(name)
        column = self.table.columns[place] if place is not None else name
        self.errors.append(self.table.error(row, column, str(value), message))

    # -- how this table writes dates and numbers

    def _decide_styles(self) -> None:
        kinds = {name: _BY_FIELD[name].kind for name in self.places}
        dates: set[str] = set()
        percents: dict[str, list[Cell]] = {name: [] for name, kind in kinds.items() if kind == "percent"}
        numbers: dict[str, set[str]] = {n: set() for n, k in kinds.items() if k in {"number", "hours", "percent"}}
        for _, cells in self.table.rows():
            for name, kind in kinds.items():
                cell = cells[self.places[name]]
                if kind in {"moment", "end"} and isinstance(cell, str):
                    dates.add(cell)
                elif kind in {"number", "hours", "percent"} and isinstance(cell, str):
                    numbers[name].add(cell.replace("%", ""))
                if kind == "percent" and text_of(cell):
                    percents[name].append(cell)
        self._decide_order(dates)
        self._decide_signs(numbers)
        for name, values in percents.items():
            if not self.own and all(self._fraction(cell, name) for cell in values):
                self.fractions.add(name)

    def _decide_order(self, dates: set[str]) -> None:
        choices = tuple(order.value for order in DateOrder)
        answer = self._answer("date_order", choices)
        order, open_values = date_order(dates)
        self.order = DateOrder(answer) if answer else order or DateOrder.DMY
        if order is None and not answer:
            shown = ", ".join(sorted(open_values)[:5])
            message = f"Which comes first in dates such as {shown}: day (dmy), month (mdy) or year (ymd)?"
            self.questions.append(Question("date_order", message, choices, DateOrder.DMY.value))

    def _decide_signs(self, numbers: Mapping[str, set[str]]) -> None:
        choices = tuple(sign.value for sign in DecimalSign)
        answer = self._answer("decimal_sign", choices)
        evidence = sign_evidence({value for values in numbers.values() for value in values})
        sign = DecimalSign(answer) if answer else evidence.sign or DecimalSign.POINT
        self.signs = dict.fromkeys(numbers, sign)
        if evidence.unsure and evidence.sign is None and not answer:
            shown = ", ".join(sorted(evidence.unsure)[:5])
            message = f"Is the comma in numbers such as {shown} a decimal comma (comma) or a thousands mark (point)?"
            self.questions.append(Question("decimal_sign", message, choices, DecimalSign.POINT.value))

    def _answer(self, name: str, choices: tuple[str, ...]) -> str:
        answer = str(self.answers.get(name, "")).strip().casefold()
        if answer and answer not in choices:
            raise Refused(f"The answer '{answer}' to {name} is not one of: {', '.join(choices)}.", {"field": name})
        return answer

    def _fraction(self, cell: Cell, name: str) -> bool:
        if isinstance(cell, str) and "%" in cell:
            return False
        try:
            return 0 <= number_of(cell, self.signs[name]) <= 1
        except CellError:
            return False

    # -- cells

    def _rows(self) -> Iterator[_Row]:
        used = set(self.places.values())
        others = [(place, name) for place, name in enumerate(self.table.columns) if place not in used and name]
        guarded = self.table.kind == "csv"
        for number, cells in self.table.rows(self.errors):
            name = cells[self.places["name"]]
            if not text_of(name) and not (self.own and text_of(cells[self.places["uid"]])):
                filled = [name for name, place in self.places.items() if text_of(cells[place])]
                if set(filled) - {"id", "level"}:
                    self._fault(number, "name", "", "The task has no name. Fill it in, or empty the row.")
                continue
            values = {
                field_name: self._value(number, field_name, cells[place], guarded=guarded)
                for field_name, place in self.places.items()
            }
            raw = name if isinstance(name, str) else text_of(name)
            custom = {
                column: _custom(cells[place], guarded=guarded) for place, column in others if text_of(cells[place])
            }
            indent = len(raw) - len(raw.lstrip(" \t\u00a0"))
            links = str(values.get("predecessors") or values.get("uid_predecessors") or "")
            yield _Row(number, values, links, str(values.get("resources") or ""), indent, custom)

    def _value(self, row: int, name: str, cell: Cell, *, guarded: bool) -> Any:  # by the column's kind
        kind = _BY_FIELD[name].kind
        try:
            if kind == "text":
                text = cell if self.own and isinstance(cell, str) else text_of(cell)
                return reveal(text) if guarded else text
            if not text_of(cell):
                return None
            return self._typed(name, kind, cell)
        except CellError as error:
            self._fault(row, name, text_of(cell), str(error))
            return None

    def _typed(self, name: str, kind: str, cell: Cell) -> Any:  # by the column's kind
        if kind == "flag":
            return yes_or_no(cell)
        if kind in {"moment", "end"}:
            return self._moment(cell, end=kind == "end")
        if kind == "duration":
            return self._duration(cell)
        if kind in CHOICES:
            return _choice(kind, text_of(cell))
        if kind == "percent":
            return self._percent(name, cell)
        if kind == "hours":
            return self._hours(name, cell)
        number = number_of(cell, self.signs.get(name, DecimalSign.POINT))
        if kind == "number":
            return number
        if number != int(number):
            raise CellError("Expected a whole number.")
        return int(number)

    def _moment(self, cell: Cell, *, end: bool) -> datetime:
        if isinstance(cell, datetime):
            return _whole_second(cell)
        moment = moment_of(cell, self.order)
        clock = moment.clock
        if clock is None:
            clock = time() if self.own else self.settings.default_finish if end else self.settings.default_start
        return datetime.combine(moment.day, clock)

    def _duration(self, cell: Cell) -> Duration:
        if isinstance(cell, bool | date | time):
            raise CellError("Expected a duration such as 3d, 2w or 8h.")
        return duration_of(text_of(cell), self.settings)

    def _percent(self, name: str, cell: Cell) -> Decimal:
        text = text_of(cell)
        shown = text.endswith("%")
        sign = DecimalSign.POINT if shown and "," not in text else self.signs[name]
        number = number_of(text[:-1].strip() if shown else cell, sign)
        if (name in self.fractions or (self.own and isinstance(cell, Decimal))) and not shown:
            number *= 100
        if not 0 <= number <= 100:
            raise CellError("Expected a percentage from 0 to 100.")
        return number

    def _hours(self, name: str, cell: Cell) -> WorkTime:
        try:
            return WorkTime.from_hours(number_of(cell, self.signs[name]))
        except CellError:
            return self._duration(cell).amount

    # -- identity and outline

    def _identify(self, rows: list[_Row]) -> None:
        """Unique ids and row numbers; texts such as ABC-12 stay findable as keys."""
        self.by_uid: dict[int, _Row] = {}
        self.keys: dict[str, int] = {}
        numbers = [_plain_id(str(row.cells.get("id") or "")) for row in rows]
        by_number = None not in numbers
        for row, number in zip(rows, numbers, strict=True):
            row.id = int(number or 0) if by_number else row.number - self.table.header_row
            row.uid = int(row.cells.get("uid") or 0) or row.id
            if row.uid in self.by_uid:
                first = self.by_uid[row.uid].number
                name = "uid" if row.cells.get("uid") else "id"
                self._fault(row.number, name, row.uid, f"The id stands in row {first} too. Give each task its own.")
            self.by_uid[row.uid] = row
        texts: list[Callable[[_Row], str]] = [
            lambda row: str(row.cells.get("id") or row.id),
            lambda row: str(row.cells.get("wbs") or ""),
            lambda row: str(row.cells["name"]),
        ]
        if "predecessors" not in self.places:
            texts.insert(0, lambda row: str(row.uid))
        if self.own:
            del texts[1:]
        for text in texts:
            for row in rows:
                key = text(row).casefold()
                if key:
                    self.keys.setdefault(key, row.uid)

    def _find(self, text: str) -> int | None:
        return self.keys.get(text.strip().casefold())

    def _outline(self, rows: list[_Row]) -> None:
        """Levels from a level column, a parent column, WBS codes or indented names, in this order."""
        if any(row.cells.get("level") is not None for row in rows):
            self._levels(rows, [int(row.cells.get("level") or 1) for row in rows])
        elif any(row.cells.get("parent") for row in rows):
            self._parents(rows)
        elif any("." in str(row.cells.get("wbs") or "") for row in rows):
            self._levels(rows, [str(row.cells.get("wbs") or "").strip(".").count(".") + 1 for row in rows])
        else:
            steps = sorted({row.indent for row in rows})
            self._levels(rows, [steps.index(row.indent) + 1 for row in rows])

    def _levels(self, rows: list[_Row], levels: list[int]) -> None:
        chain: list[tuple[int, _Row]] = []
        for row, level in zip(rows, levels, strict=True):
            if not 1 <= level <= DEEPEST_LEVEL:
                self._fault(row.number, "level", level, f"Expected an outline level from 1 to {DEEPEST_LEVEL}.")
                continue
            while chain and chain[-1][0] >= level:
                chain.pop()
            row.parent = chain[-1][1].uid if chain else None
            row.level = level if self.own else len(chain) + 1
            chain.append((level, row))

    def _parents(self, rows: list[_Row]) -> None:
        """Children are moved under their parent, in file order."""
        children: dict[int | None, list[_Row]] = {}
        for row in rows:
            text = str(row.cells.get("parent") or "")
            parent = self._find(text) if text else None
            if text and parent is None:
                self._fault(
                    row.number, "parent", text, f"There is no task '{text}'. Name the parent by its id or name."
                )
            row.parent = parent
            children.setdefault(parent, []).append(row)
        ordered: list[_Row] = []
        stack = [(row, 1) for row in reversed(children.get(None, []))]
        while stack:
            row, row.level = stack.pop()
            ordered.append(row)
            stack += [(child, row.level + 1) for child in reversed(children.get(row.uid, []))]
        placed = {row.uid for row in ordered}
        for row in rows:
            if row.uid not in placed and not self.errors:
                name = row.cells["name"]
                self._fault(
                    row.number, "parent", name, f"Task '{name}' is its own parent, over others. Change its parent."
                )
        if ordered != rows:
            self.fidelity.note("task", "row order", CHANGED, "children stand under their parents")
        rows[:] = ordered

    # -- the plan

    def _plan(
        self,
        rows: list[_Row],
        links: tuple[Link, ...],
        resources: tuple[Resource, ...],
        assignments: tuple[Assignment, ...],
    ) -> Plan:
        calendars = self.sheets.calendars if self.sheets and self.sheets.calendars else (standard_calendar(),)
        parents = {row.parent for row in rows}
        followers = {link.successor_uid for link in links}
        self.axis = Calendars(calendars, default_uid=self.settings.calendar_uid or calendars[0].uid).axis(None)
        tasks = tuple(self._task(row, summary=row.uid in parents, linked=row.uid in followers) for row in rows)
        project = self.settings
        if not (self.sheets and self.sheets.project):
            starts = [row.cells["start"] for row in rows if row.cells.get("start")]
            project = replace(project, name=Path(self.table.file).stem, start=min(starts, default=None))
            project = replace(project, calendar_uid=calendars[0].uid)
        if self.sheets and self.sheets.resources is not None:
            resources = self.sheets.resources
        if self.sheets and self.sheets.assignments is not None:
            assignments = self._known_assignments(self.sheets.assignments, resources)
        else:
            work = {task.uid: task.duration.amount if task.duration else WorkTime(0) for task in tasks}
            assignments = tuple(
                replace(a, work=WorkTime(round(work[a.task_uid].tenths * a.units))) for a in assignments
            )
        if self.sheets:
            tasks = tuple(replace(t, baselines=self.sheets.baselines.get(t.uid, ())) for t in tasks)
        return Plan(project, calendars, tasks, links, resources, assignments)

    def _known_assignments(
        self, assignments: tuple[Assignment, ...], resources: tuple[Resource, ...]
    ) -> tuple[Assignment, ...]:
        people = {resource.uid for resource in resources} | {None}
        for place, found in enumerate(assignments):
            if found.task_uid not in self.by_uid or found.resource_uid not in people:
                message = "The assignment names a task or resource that is not there."
                self.errors.append(
                    RowError(
                        self.table.file,
                        "Assignments",
                        place + 2,
                        "",
                        f"{found.task_uid}, {found.resource_uid}",
                        message,
                    )
                )
        return assignments

    def _links(self, rows: list[_Row]) -> Iterator[Link]:
        name = "predecessors" if "predecessors" in self.places else "uid_predecessors"
        for row in rows:
            if not row.links:
                continue
            try:
                found = list(links_of(row.links, lambda text: self._find(text) is not None, self.settings))
            except CellError as error:
                self._fault(row.number, name, row.links, str(error))
                continue
            for link in found:
                uid = self._find(link.task)
                if uid is not None:
                    yield Link(uid, row.uid, link.type, link.lag)

    def _people(self, rows: list[_Row]) -> tuple[tuple[Resource, ...], tuple[Assignment, ...]]:
        known: dict[str, Resource] = {}
        assignments: list[Assignment] = []
        if self.sheets and self.sheets.assignments is not None:
            return (), ()
        for row in rows:
            try:
                people = list(resources_of(row.resources))
            except CellError as error:
                self._fault(row.number, "resources", row.resources, str(error))
                continue
            for name, units in people:
                uid = len(known) + 1
                who = known.setdefault(name.casefold(), Resource(uid, uid, name))
                assignments.append(Assignment(len(assignments) + 1, row.uid, who.uid, units))
        return tuple(known.values()), tuple(assignments)

    def _task(self, row: _Row, *, summary: bool, linked: bool) -> Task:
        cells = row.cells
        found: dict[str, Any] = {
            name: value
            for name, value in cells.items()
            if value is not None and name in Task.__dataclass_fields__ and name not in {"uid", "id", "name"}
        }
        computed = {name: cells.get(name) for name in ("start", "finish", "total_slack", "critical")}
        if any(value is not None for value in computed.values()):
            found["stored"] = StoredDates(**computed)
        if cells.get("percent") is not None:
            found["percent_complete"] = cells["percent"]
        if not self.own:
            self._foreign(row, found, summary=summary, linked=linked)
        defaults = {"duration": None, "summary": summary, **found}
        return Task(
            uid=row.uid,
            id=row.id,
            name=str(cells["name"]),
            outline_level=row.level,
            parent_uid=row.parent,
            custom=row.custom,
            **defaults,
        )

    # -- what tables of other programs leave to be concluded

    def _foreign(self, row: _Row, found: dict[str, Any], *, summary: bool, linked: bool) -> None:
        cells = row.cells
        found["summary"] = summary
        start, finish = cells.get("start"), cells.get("finish")
        if not summary:
            found["duration"] = self._duration_of(row)
            if "milestone" not in found:
                found["milestone"] = not found["duration"].amount
        begin = start or (self._begin(finish, found["duration"]) if finish and not summary else None)
        placed = "constraint" in self.places or linked or summary or found.get("mode") is TaskMode.MANUAL
        if begin and not placed:
            found["constraint"], found["constraint_date"] = ConstraintType.SNET, begin
            self.fidelity.note("task", "start", CHANGED, f"{cells['name']}: start no earlier than {begin:%Y-%m-%d}")
        if found.get("mode") is TaskMode.MANUAL and not summary:
            found["manual_start"], found["manual_finish"] = start, finish
        if cells.get("percent") is None and str(cells.get("status") or "").casefold() in _DONE:
            found["percent_complete"] = Decimal(100)
            self.fidelity.note("task", "status", CHANGED, f"{cells['name']}: {cells['status']} is 100 %")
        if cells.get("status"):
            row.custom[self.table.columns[self.places["status"]]] = cells["status"]
        self._actuals(found, start, finish, summary=summary)

    def _duration_of(self, row: _Row) -> Duration:
        cells = row.cells
        start, finish = cells.get("start"), cells.get("finish")
        if cells.get("duration") is not None:
            given: Duration = cells["duration"]
            return given
        if cells.get("milestone"):
            return Duration(WorkTime(0))
        if cells.get("estimate") is not None:
            self.fidelity.note("task", "estimate", CHANGED, f"{cells['name']}: seconds read as duration")
            return Duration(WorkTime.from_minutes(cells["estimate"] / 60), "h")
        if start and finish:
            if finish < start:
                self._fault(row.number, "finish", finish, f"The finish is before the start, {start:%Y-%m-%d %H:%M}.")
                return _ESTIMATE
            self.fidelity.note("task", "duration", CHANGED, f"{cells['name']}: working time from start to finish")
            return Duration(self.axis.work_between(start, finish))
        self.fidelity.note("task", "duration", CHANGED, f"{cells['name']}: one day assumed")
        return replace(_ESTIMATE, amount=WorkTime.from_minutes(self.settings.minutes_per_day))

    def _begin(self, finish: datetime, duration: Duration) -> datetime:
        """The start of a task of which only the finish is known."""
        if duration.elapsed or not duration.amount:
            return finish
        return self.axis.add_work(finish, -duration.amount)

    def _actuals(
        self, found: dict[str, Any], start: datetime | None, finish: datetime | None, *, summary: bool
    ) -> None:
        percent = found.get("percent_complete") or Decimal(0)
        if summary or not percent or "actual_start" in self.places:
            return
        if start and "actual_start" not in found:
            found["actual_start"] = start
        if percent == 100 and finish and "actual_finish" not in found:
            found["actual_finish"] = finish
        self.fidelity.note("task", "actual dates", CHANGED, "taken from start and finish where work is done")

    def _check_ring(self, plan: Plan, rows: list[_Row]) -> None:
        ring = link_ring(plan)
        if not ring:
            return
        names = [f"'{self.by_uid[uid].cells['name']}' (row {self.by_uid[uid].number})" for uid in [*ring, ring[0]]]
        shown = " → ".join(names[:12])
        last = self.by_uid[ring[0]]
        self._fault(last.number, "predecessors", last.links, f"The links run in a circle: {shown}. Remove one of them.")
        self._stop_at_faults()


def _plain_id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) <= 9 else None


def _custom(cell: Cell, *, guarded: bool) -> Any:  # what Task.custom may hold
    if isinstance(cell, str):
        text = cell.strip()
        return reveal(text) if guarded else text
    return _whole_second(cell) if isinstance(cell, datetime) else cell


def _whole_second(moment: datetime) -> datetime:
    """Spreadsheets count days in binary fractions; a plan counts seconds."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _choice(kind: str, text: str) -> Any:  # a member of the kind's enum
    known = CHOICES[kind]
    found = known.get(normal(text))
    if found is None:
        shown = ", ".join(dict.fromkeys(str(value.value) for value in known.values()))
        raise CellError(f"Expected one of: {shown}.")
    return found
