"""Reads Primavera P6 exchange files (XER) as a Plan, in pure Python.

XER is a set of tab-separated tables: `%T` names one, `%F` its fields, `%R` is a row. The file does
not say its code page, so a guess is shown as a question. The work breakdown becomes summary tasks.
Not here: P6's XML (`foreign.py`) and P6's own scheduling options.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

from headway.documents.child import Refused
from headway.documents.exchange.fidelity import (
    CHANGED,
    DROPPED,
    KEPT,
    UPLOAD_PLAN,
    Fidelity,
    FidelityRow,
    PlanLimits,
    Question,
)
from headway.engine.calendars import Axis, Calendars
from headway.engine.plan import (
    Assignment,
    Calendar,
    CalendarException,
    ConstraintType,
    Duration,
    Lag,
    Link,
    LinkType,
    Plan,
    PlanError,
    ProjectSettings,
    Resource,
    ResourceType,
    Shift,
    StoredDates,
    Task,
    TaskBaseline,
    TaskType,
)
from headway.engine.units import ZERO_WORK, WorkTime

CODE_PAGES = ("cp1252", "cp1251", "cp1250", "gbk", "utf-8")

Row = dict[str, str]
_NO_DATE = date(1899, 12, 30)
_CONSTRAINTS = {
    "CS_ALAP": ConstraintType.ALAP,
    "CS_MSO": ConstraintType.MSO,
    "CS_MEO": ConstraintType.MFO,
    "CS_MSOA": ConstraintType.SNET,
    "CS_MSOB": ConstraintType.SNLT,
    "CS_MEOA": ConstraintType.FNET,
    "CS_MEOB": ConstraintType.FNLT,
    "CS_MANDSTART": ConstraintType.MSO,
    "CS_MANDFIN": ConstraintType.MFO,
}
_TASK_TYPES = {"DT_FixedQty": TaskType.FIXED_WORK, "DT_FixedRate": TaskType.FIXED_UNITS}
_LINKS = {"PR_FS": LinkType.FS, "PR_SS": LinkType.SS, "PR_FF": LinkType.FF, "PR_SF": LinkType.SF}
_MILESTONES = {"TT_Mile", "TT_FinMile"}
_KEPT_FIELDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "PROJECT": ("project", frozenset({"proj_id", "proj_short_name", "clndr_id", "last_recalc_date", "plan_start_date",
                                      "scd_end_date", "critical_drtn_hr_cnt"})),
    "CALENDAR": ("calendar", frozenset({"clndr_id", "clndr_name", "base_clndr_id", "day_hr_cnt", "week_hr_cnt",
                                        "month_hr_cnt", "clndr_data"})),
    "PROJWBS": ("task", frozenset({"wbs_id", "proj_id", "seq_num", "proj_node_flag", "wbs_short_name", "wbs_name",
                                   "parent_wbs_id"})),
    "TASK": ("task", frozenset({"task_id", "proj_id", "wbs_id", "clndr_id", "phys_complete_pct",
                                "task_type", "duration_type", "status_code", "task_code", "task_name",
                                "total_float_hr_cnt", "free_float_hr_cnt", "remain_drtn_hr_cnt", "act_work_qty",
                                "remain_work_qty", "target_work_qty", "target_drtn_hr_cnt", "cstr_date",
                                "act_start_date", "act_end_date", "late_start_date", "late_end_date",
                                "early_start_date", "early_end_date", "restart_date", "reend_date",
                                "target_start_date", "target_end_date", "cstr_type", "driving_path_flag"})),
    "TASKPRED": ("link", frozenset({"task_pred_id", "task_id", "pred_task_id", "proj_id", "pred_proj_id", "pred_type",
                                    "lag_hr_cnt"})),
    "RSRC": ("resource", frozenset({"rsrc_id", "clndr_id", "email_addr", "rsrc_name", "rsrc_short_name", "rsrc_type",
                                    "rsrc_seq_num", "rsrc_notes"})),
    "RSRCRATE": ("resource", frozenset({"rsrc_rate_id", "rsrc_id", "max_qty_per_hr", "cost_per_qty", "start_date"})),
    "TASKRSRC": ("assignment", frozenset({"taskrsrc_id", "task_id", "proj_id", "rsrc_id", "remain_qty", "target_qty",
                                          "target_qty_per_hr", "act_ot_qty", "act_reg_qty", "target_lag_drtn_hr_cnt",
                                          "act_reg_cost", "act_ot_cost", "remain_cost", "act_start_date",
                                          "act_end_date", "restart_date", "reend_date", "target_start_date",
                                          "target_end_date"})),
    "UDFTYPE": ("task", frozenset({"udf_type_id", "table_name", "udf_type_label", "logical_data_type"})),
    "UDFVALUE": ("task", frozenset({"udf_type_id", "fk_id", "proj_id", "udf_date", "udf_text", "udf_number"})),
}  # fmt: skip


def read_xer(
    path: Path, *, limits: PlanLimits = UPLOAD_PLAN, encoding: str | None = None
) -> tuple[Plan, list[FidelityRow], list[Question]]:
    """The exported project of an XER file, what became of its fields, and what it leaves open.

    encoding  one of CODE_PAGES; None guesses and asks.
    Raises Refused for a damaged file, naming the line.
    """
    content = path.read_bytes()
    if not content.startswith(b"ERMHDR"):
        raise Refused(
            "The file does not begin with Primavera's ERMHDR line, so it is no XER file.", {"file": path.name}
        )
    questions = []
    if encoding is None:
        encoding, sample = guess_code_page(content)
        if sample:
            message = (
                f"The file does not say its code page. As {encoding} it holds names such as '{sample}'. Is that right?"
            )
            questions.append(Question("encoding", message, CODE_PAGES, encoding))
    elif encoding not in CODE_PAGES:
        raise Refused(f"'{encoding}' is not one of the code pages {', '.join(CODE_PAGES)}.", {"file": path.name})
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(
            f"A byte here is no letter in {encoding}. Choose another code page.", {"file": path.name, "row": line}
        ) from error
    reader = _XerReader(path.name, _tables(text, path.name), limits)
    try:
        return reader.plan(questions), reader.fidelity.rows(), questions
    except PlanError as error:
        raise Refused(str(error), {"file": path.name}) from error


# ---- text -------------------------------------------------------------------------------------


def guess_code_page(content: bytes) -> tuple[str, str]:
    """The likeliest of CODE_PAGES, and a name that shows it; '' when only ASCII matters.

    Cyrillic and Chinese words are made of high bytes throughout, while western ones have single
    accented letters between ASCII ones. The currency table is left out: its signs mislead.
    """
    names = _names_with_high_bytes(content)
    if not names:
        return ("utf-8" if _decodes(content, "utf-8") else "cp1252"), ""
    joined = b" ".join(names)
    if _decodes(content, "utf-8"):
        return "utf-8", max(names, key=len).decode("utf-8", "replace").strip()[:40]
    high = [byte for byte in joined if byte >= 0x80]
    words = re.findall(rb"[A-Za-z\x80-\xff]+", joined)
    in_runs = sum(len(word) for word in words if not re.search(rb"[A-Za-z]", word))
    guess = "cp1252"
    if in_runs > 0.6 * len(high):
        cyrillic = sum(1 for byte in high if byte >= 0xC0) > 0.9 * len(high)
        guess = "cp1251" if cyrillic or not _decodes(joined, "gbk") else "gbk"
    if not _decodes(content, guess):
        guess = next((page for page in ("cp1252", "cp1251", "cp1250") if _decodes(content, page)), "cp1251")
    return guess, max(names, key=len).decode(guess, "replace").strip()[:40]


def _names_with_high_bytes(content: bytes) -> list[bytes]:
    names: list[bytes] = []
    table = b""
    for line in content.splitlines():
        if line.startswith(b"%T"):
            table = line[3:].strip()
        elif line.startswith(b"%R") and table != b"CURRTYPE" and re.search(rb"[\x80-\xff]", line):
            names += [value for value in line.split(b"\t") if re.search(rb"[\x80-\xff]", value)]
            if len(names) > 2000:
                break
    return names


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _tables(text: str, file: str) -> dict[str, list[Row]]:
    """The rows of each table; a line that begins without % goes on with the row before it."""
    if "\0" in text:
        raise Refused("The file holds NUL characters: it is damaged or not a text file.", {"file": file})
    tables: dict[str, list[Row]] = {}
    rows: list[Row] | None = None
    fields: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        kind, _, rest = line.rstrip("\r").partition("\t")
        if kind == "%T":
            rows, fields = tables.setdefault(rest.strip(), []), []
        elif kind == "%F":
            fields = rest.split("\t")
        elif kind == "%R":
            if rows is None or not fields:
                raise Refused(
                    "A row stands before its table and fields. The file is damaged.", {"file": file, "row": number}
                )
            rows.append(dict(zip(fields, rest.split("\t"), strict=False)))
        elif rows and fields and line.strip() and not kind.startswith("%"):
            last = fields[min(len(rows[-1]), len(fields)) - 1]
            rows[-1][last] += "\n" + line.rstrip("\r")
    if "%E" not in text[-20:]:
        raise Refused("The file has no end line (%E): it was cut off. Export it again.", {"file": file})
    return tables


@dataclass(slots=True)
class _Outline:
    """A line of the outline before its row number is known."""

    row: Row
    level: int
    parent: int | None
    path: str
    activity: bool
    uid: int = 0
    children: list[_Outline] = field(default_factory=list)


class _XerReader:
    def __init__(self, file: str, tables: dict[str, list[Row]], limits: PlanLimits) -> None:
        self.fidelity = Fidelity()
        self._file = file
        self._tables = tables
        self._limits = limits

    def plan(self, questions: list[Question]) -> Plan:
        projects = self._table("PROJECT")
        if not projects:
            raise Refused("The file holds no project.", {"file": self._file})
        exported = [row for row in projects if row.get("export_flag") == "Y"] or projects
        chosen = exported[0]
        if len(exported) > 1:
            names = tuple(row.get("proj_short_name", "") for row in exported)
            questions.append(Question("project", "The file holds several projects. Which one?", names, names[0]))
        for row in projects:
            if row is not chosen:
                self.fidelity.note("project", "PROJECT", DROPPED, row.get("proj_short_name", ""))
        self._note_tables()
        calendars = tuple(self._calendar(row) for row in self._table("CALENDAR"))
        settings = self._project(chosen, {calendar.uid for calendar in calendars})
        axes = Calendars(calendars, default_uid=settings.calendar_uid)
        tasks, lines = self._tasks(chosen.get("proj_id", ""), settings, axes)
        uids = {line.uid for line in lines if line.activity}
        resources = tuple(self._resource(row, number, axes) for number, row in enumerate(self._table("RSRC"), 1))
        return Plan(
            project=settings,
            calendars=calendars,
            tasks=tasks,
            links=tuple(self._links(uids)),
            resources=resources,
            assignments=tuple(self._assignments(uids, {resource.uid for resource in resources})),
        )

    def _table(self, name: str) -> list[Row]:
        return self._tables.get(name, [])

    def _note_tables(self) -> None:
        for table, rows in self._tables.items():
            entity, kept = _KEPT_FIELDS.get(table, ("project", frozenset()))
            if table not in _KEPT_FIELDS:
                if rows:
                    self.fidelity.note("project", table, DROPPED, next(iter(rows[0].values()), ""), count=len(rows))
                continue
            counts = Counter(name for row in rows for name, value in row.items() if value not in {"", "0"})
            for name, count in counts.items():
                example = next(row[name] for row in rows if row.get(name, "") not in {"", "0"})
                status = KEPT if name in kept else DROPPED
                self.fidelity.note(entity, f"{table}.{name}", status, "" if status == KEPT else example, count=count)

    # ---- project and calendars ----------------------------------------------------------------

    def _project(self, row: Row, calendar_uids: set[int]) -> ProjectSettings:
        read = _Cells(row, self._file, "PROJECT")
        calendar = read.integer("clndr_id")
        hours = next((entry for entry in self._table("CALENDAR") if entry.get("clndr_id") == row.get("clndr_id")), {})
        counted = _Cells(hours, self._file, "CALENDAR")
        per_day = counted.number("day_hr_cnt") or Decimal(8)
        currency = next((entry.get("curr_short_name", "") for entry in self._table("CURRTYPE")), "")
        names = {entry.get("proj_id"): entry.get("wbs_name", "") for entry in self._table("PROJWBS")
                 if entry.get("proj_node_flag") == "Y"}  # fmt: skip
        limit = read.number("critical_drtn_hr_cnt") or Decimal(0)
        return ProjectSettings(
            name=row.get("proj_short_name", ""),
            title=names.get(row.get("proj_id"), ""),
            start=read.moment("plan_start_date"),
            finish=read.moment("scd_end_date"),
            status_date=read.moment("last_recalc_date"),
            calendar_uid=calendar if calendar in calendar_uids else None,
            minutes_per_day=round(per_day * 60),
            minutes_per_week=round((counted.number("week_hr_cnt") or per_day * 5) * 60),
            days_per_month=round((counted.number("month_hr_cnt") or per_day * 20) / per_day),
            critical_slack_limit=WorkTime.from_hours(limit),
            currency=currency,
            application="Primavera P6 XER",
        )

    def _calendar(self, row: Row) -> Calendar:
        read = _Cells(row, self._file, "CALENDAR")
        data = re.sub(r"[\s\x7f]+", "", row.get("clndr_data", ""))
        days: list[tuple[Shift, ...] | None] = [() for _ in range(7)]
        exceptions: list[CalendarException] = []
        name = row.get("clndr_name", "")
        if data:
            for section in _CalendarText(data, name, self._file).node().children:
                if section.name == "DaysOfWeek":
                    for day in section.children:
                        if day.name.isdigit() and 1 <= int(day.name) <= 7:
                            days[(int(day.name) + 5) % 7] = self._shifts(day.children, name)
                elif section.name == "Exceptions":
                    exceptions += [self._exception(entry, name) for entry in section.children if "d" in entry.values]
        self.fidelity.note("calendar", "CALENDAR", KEPT, name)
        return Calendar(
            uid=read.needed("clndr_id"),
            name=name,
            days=tuple(days),
            exceptions=tuple(sorted(exceptions, key=lambda exception: exception.first)),
            base_uid=read.integer("base_clndr_id"),
        )

    def _exception(self, entry: _Node, name: str) -> CalendarException:
        serial = entry.values["d"]
        if not serial.isdigit() or len(serial) > 6:
            raise Refused(
                f"Calendar '{name}' has an exception on day '{serial}', which is no date.", {"file": self._file}
            )
        day = _NO_DATE + timedelta(days=int(serial))
        return CalendarException(first=day, last=day, shifts=self._shifts(entry.children, name))

    def _shifts(self, nodes: Iterable[_Node], name: str) -> tuple[Shift, ...]:
        try:
            shifts = [
                Shift(_clock(node.values["s"]), _clock(node.values["f"]))
                for node in nodes
                if "s" in node.values and "f" in node.values
            ]
        except ValueError as error:
            raise Refused(
                f"Calendar '{name}' has a shift whose time cannot be read ({error}).", {"file": self._file}
            ) from error
        return tuple(sorted(shifts, key=lambda shift: shift.start))

    # ---- tasks --------------------------------------------------------------------------------

    def _tasks(
        self, project: str, settings: ProjectSettings, axes: Calendars
    ) -> tuple[tuple[Task, ...], list[_Outline]]:
        lines = self._outline(project)
        if len(lines) > self._limits.tasks:
            raise Refused(f"The plan has more than the limit of {self._limits.tasks:,} tasks.", {"file": self._file})
        custom = self._custom()
        costs = self._costs()
        tasks = []
        for number, line in enumerate(lines, 1):
            if line.activity:
                tasks.append(
                    self._activity(line, number, settings, axes, custom.get(line.uid, {}), costs.get(line.uid))
                )
            else:
                tasks.append(
                    Task(
                        uid=line.uid,
                        id=number,
                        name=line.row.get("wbs_name", ""),
                        duration=None,
                        wbs=line.path,
                        outline_level=line.level,
                        parent_uid=line.parent,
                        summary=bool(line.children),
                    )
                )
        return tuple(tasks), lines

    def _outline(self, project: str) -> list[_Outline]:
        """WBS nodes by their sequence, each followed by its activities by their ids and then its parts."""
        nodes = {
            row["wbs_id"]: row for row in self._table("PROJWBS") if row.get("proj_id") == project and row.get("wbs_id")
        }
        activities = [row for row in self._table("TASK") if row.get("proj_id") == project]
        below: dict[str, list[Row]] = {}
        tops: list[Row] = []
        for identity, row in nodes.items():
            parent = row.get("parent_wbs_id", "")
            (below.setdefault(parent, []) if parent in nodes and parent != identity else tops).append(row)
        within: dict[str, list[Row]] = {}
        for row in activities:
            within.setdefault(row.get("wbs_id", ""), []).append(row)
        uids = {_Cells(row, self._file, "TASK").needed("task_id") for row in activities}
        free = max([*uids, *(int(identity) for identity in nodes if identity.isdigit())], default=0)
        lines: list[_Outline] = []
        pending = [
            _Outline(row, 1, None, row.get("wbs_short_name", ""), activity=False) for row in _in_order(tops)[::-1]
        ]
        while pending:
            line = pending.pop()
            lines.append(line)
            if line.activity:
                line.uid = int(line.row["task_id"])
                continue
            identity = line.row["wbs_id"]
            line.uid = _Cells(line.row, self._file, "PROJWBS").needed("wbs_id")
            if line.uid in uids:
                free += 1
                line.uid = free
            level = line.level + 1
            line.children = [
                _Outline(row, level, line.uid, line.path, activity=True)
                for row in sorted(within.pop(identity, []), key=lambda row: (row.get("task_code", ""), row["task_id"]))
            ] + [
                _Outline(row, level, line.uid, f"{line.path}.{row.get('wbs_short_name', '')}", activity=False)
                for row in _in_order(below.pop(identity, []))
            ]
            pending += line.children[::-1]
        for rows in within.values():  # activities whose WBS node is not in the file
            lines += [_Outline(row, 1, None, "", activity=True, uid=int(row["task_id"])) for row in rows]
        if below:
            raise Refused("The work breakdown runs in a circle. Mend it in P6 and export again.", {"file": self._file})
        return lines

    def _activity(
        self,
        line: _Outline,
        number: int,
        settings: ProjectSettings,
        axes: Calendars,
        custom: dict[str, Any],
        costs: tuple[Decimal, Decimal] | None,
    ) -> Task:
        read = _Cells(line.row, self._file, "TASK", line.row.get("task_name", ""))
        calendar = read.integer("clndr_id")
        calendar = calendar if axes.known(calendar) else None
        axis = axes.axis(calendar)
        kind = line.row.get("task_type", "")
        if kind in {"TT_LOE", "TT_WBS"}:
            self.fidelity.note(
                "task", "TASK.task_type", CHANGED, f"{line.row.get('task_name')}: {kind} as a plain task"
            )
        remaining, planned = (
            read.hours("remain_drtn_hr_cnt") or ZERO_WORK,
            read.hours("target_drtn_hr_cnt") or ZERO_WORK,
        )
        done = self._actual_duration(read, settings, axis)
        constraint = _CONSTRAINTS.get(line.row.get("cstr_type", ""), ConstraintType.ASAP)
        if line.row.get("cstr_type") in {"CS_MSO", "CS_MEO"}:
            self.fidelity.note(
                "task", "TASK.cstr_type", CHANGED, "P6's 'start on' and 'finish on' as must start or finish on"
            )
        started = read.moment("act_start_date")
        duration = planned if started is None else done + remaining
        percent, by_work = self._percents(read, planned, remaining)
        work = [read.hours(name) or ZERO_WORK for name in ("act_work_qty", "remain_work_qty")]
        return Task(
            uid=line.uid,
            id=number,
            name=line.row.get("task_name", ""),
            duration=Duration(duration, "h"),
            wbs=line.path,
            outline_level=line.level,
            parent_uid=line.parent,
            milestone=kind in _MILESTONES,
            type=_TASK_TYPES.get(line.row.get("duration_type", ""), TaskType.FIXED_DURATION),
            constraint=constraint,
            constraint_date=read.moment("cstr_date") if constraint is not ConstraintType.ASAP else None,
            calendar_uid=calendar,
            ignore_resource_calendar=kind != "TT_Rsrc",
            percent_complete=percent,
            percent_work_complete=by_work,
            physical_percent_complete=read.number("phys_complete_pct"),
            actual_start=started,
            actual_finish=read.moment("act_end_date"),
            actual_duration=done if started else None,
            remaining_duration=remaining,
            work=work[0] + work[1],
            actual_work=work[0],
            remaining_work=work[1],
            cost=costs[0] if costs else None,
            actual_cost=costs[1] if costs else None,
            baselines=(
                TaskBaseline(
                    0,
                    read.moment("target_start_date"),
                    read.moment("target_end_date"),
                    planned,
                    read.hours("target_work_qty"),
                ),
            ),
            stored=_stored(read),
            custom={"Activity ID": line.row.get("task_code", "")} | custom,
        )

    def _actual_duration(self, read: _Cells, settings: ProjectSettings, axis: Axis) -> WorkTime:
        started = read.moment("act_start_date")
        until = read.moment("act_end_date") or settings.status_date
        if started is None or until is None or until <= started:
            return ZERO_WORK
        return axis.work_between(started, until)

    def _percents(self, read: _Cells, planned: WorkTime, remaining: WorkTime) -> tuple[Decimal, Decimal | None]:
        """The share of the duration done, and of the work; the physical share stands by itself."""
        status = read.text("status_code")
        done, left = read.number("act_work_qty") or Decimal(0), read.number("remain_work_qty") or Decimal(0)
        by_work = round(100 * done / (done + left), 2) if done + left else None
        if status == "TK_Complete":
            return Decimal(100), by_work
        if status == "TK_NotStart" or not planned:
            return Decimal(0), by_work
        share = 100 * Decimal(planned.tenths - remaining.tenths) / planned.tenths
        return max(Decimal(0), round(share, 2)), by_work

    def _custom(self) -> dict[int, dict[str, Any]]:
        labels = {
            row.get("udf_type_id", ""): row.get("udf_type_label", "")
            for row in self._table("UDFTYPE")
            if row.get("table_name") == "TASK"
        }
        found: dict[int, dict[str, Any]] = {}
        for row in self._table("UDFVALUE"):
            label = labels.get(row.get("udf_type_id", ""))
            read = _Cells(row, self._file, "UDFVALUE")
            task = read.integer("fk_id")
            value = (
                read.number("udf_number") if row.get("udf_number") else read.moment("udf_date") or row.get("udf_text")
            )
            if label and task is not None and value not in {None, ""}:
                found.setdefault(task, {})[label] = value
        return found

    def _costs(self) -> dict[int, tuple[Decimal, Decimal]]:
        """Cost at completion and actual cost of each task, from its assignments."""
        found: dict[int, tuple[Decimal, Decimal]] = {}
        for row in self._table("TASKRSRC"):
            read = _Cells(row, self._file, "TASKRSRC")
            task = read.integer("task_id")
            actual = (read.number("act_reg_cost") or Decimal(0)) + (read.number("act_ot_cost") or Decimal(0))
            if task is not None:
                total, spent = found.get(task, (Decimal(0), Decimal(0)))
                found[task] = (total + actual + (read.number("remain_cost") or Decimal(0)), spent + actual)
        return found

    # ---- links, resources, assignments --------------------------------------------------------

    def _links(self, uids: set[int]) -> Iterable[Link]:
        count = 0
        for row in self._table("TASKPRED"):
            read = _Cells(row, self._file, "TASKPRED")
            before, after = read.needed("pred_task_id"), read.needed("task_id")
            if before not in uids or after not in uids:
                if after in uids or before in uids:
                    self.fidelity.note("link", "TASKPRED", DROPPED, f"from or to another project: {before} → {after}")
                continue
            count += 1
            if count > self._limits.links:
                raise Refused(
                    f"The plan has more than the limit of {self._limits.links:,} links.", {"file": self._file}
                )
            lag = read.hours("lag_hr_cnt") or ZERO_WORK
            if lag:
                self.fidelity.note("link", "TASKPRED.lag_hr_cnt", CHANGED, "lags run on the successor's calendar")
            yield Link(before, after, _LINKS.get(row.get("pred_type", ""), LinkType.FS), Lag(lag, "h"))

    def _resource(self, row: Row, number: int, axes: Calendars) -> Resource:
        read = _Cells(row, self._file, "RSRC")
        uid = read.needed("rsrc_id")
        rates = [rate for rate in self._table("RSRCRATE") if rate.get("rsrc_id") == row.get("rsrc_id")]
        rate = _Cells(min(rates, key=lambda entry: entry.get("start_date", ""), default={}), self._file, "RSRCRATE")
        calendar = read.integer("clndr_id")
        units = rate.number("max_qty_per_hr")
        return Resource(
            uid=uid,
            id=number,
            name=row.get("rsrc_name", ""),
            type=ResourceType.MATERIAL if row.get("rsrc_type") == "RT_Mat" else ResourceType.WORK,
            initials=row.get("rsrc_short_name", ""),
            email=row.get("email_addr", ""),
            max_units=Decimal(1) if units is None else units,
            calendar_uid=calendar if axes.known(calendar) else None,
            standard_rate=rate.number("cost_per_qty"),
            notes=row.get("rsrc_notes", ""),
        )

    def _assignments(self, task_uids: set[int], resource_uids: set[int]) -> Iterable[Assignment]:
        for row in self._table("TASKRSRC"):
            read = _Cells(row, self._file, "TASKRSRC")
            task, resource = read.needed("task_id"), read.integer("rsrc_id")
            if task not in task_uids:
                continue
            actual = (read.hours("act_reg_qty") or ZERO_WORK) + (read.hours("act_ot_qty") or ZERO_WORK)
            remaining = read.hours("remain_qty") or ZERO_WORK
            delay = read.hours("target_lag_drtn_hr_cnt")
            spent = (read.number("act_reg_cost") or Decimal(0)) + (read.number("act_ot_cost") or Decimal(0))
            units = read.number("target_qty_per_hr")
            yield Assignment(
                uid=read.needed("taskrsrc_id"),
                task_uid=task,
                resource_uid=resource if resource in resource_uids else None,
                units=Decimal(1) if units is None else units,
                work=actual + remaining,
                actual_work=actual,
                remaining_work=remaining,
                overtime_work=read.hours("act_ot_qty") or ZERO_WORK,
                delay=Duration(delay, "h") if delay else None,
                start=read.moment("act_start_date") or read.moment("restart_date") or read.moment("target_start_date"),
                finish=read.moment("act_end_date") or read.moment("reend_date") or read.moment("target_end_date"),
                actual_start=read.moment("act_start_date"),
                actual_finish=read.moment("act_end_date"),
                cost=spent + (read.number("remain_cost") or Decimal(0)),
                actual_cost=spent,
            )


def _clock(text: str) -> time:
    return time.fromisoformat(text.zfill(5).replace("24:", "00:"))


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (int(row["seq_num"]) if row.get("seq_num", "").isdigit() else 0, row["wbs_id"]))


def _stored(read: _Cells) -> StoredDates:
    total = read.hours("total_float_hr_cnt")
    return StoredDates(
        start=read.moment("act_start_date") or read.moment("early_start_date") or read.moment("target_start_date"),
        finish=read.moment("act_end_date")
        or read.moment("early_end_date")
        or read.moment("reend_date")
        or read.moment("target_end_date"),
        early_start=read.moment("early_start_date"),
        early_finish=read.moment("early_end_date"),
        late_start=read.moment("late_start_date"),
        late_finish=read.moment("late_end_date"),
        total_slack=total,
        free_slack=read.hours("free_float_hr_cnt"),
        critical=total.tenths <= 0 if total is not None else None,
    )


class _Cells:
    """Typed access to one row; a cell that cannot be read is refused with its place."""

    __slots__ = ("_place", "_row")

    def __init__(self, row: Row, file: str, table: str, task: str = "") -> None:
        self._row = row
        self._place = {"file": file, "sheet": table, "task": task}

    def text(self, name: str) -> str:
        return self._row.get(name, "").strip()

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        if not value:
            return None
        if not value.lstrip("-").isdigit() or len(value) > 18:
            self._refuse(name, value, "a whole number")
        return int(value)

    def needed(self, name: str) -> int:
        value = self.integer(name)
        if value is None:
            raise Refused("An id is missing. The file is damaged: export it again.", self._place | {"field": name})
        return value

    def number(self, name: str) -> Decimal | None:
        value = self.text(name)
        if not value:
            return None
        try:
            number = Decimal(value.replace(",", "."))
        except InvalidOperation:
            self._refuse(name, value, "a number")
        if not number.is_finite() or abs(number) > 10**12:
            self._refuse(name, value, "a number in range")
        return number

    def hours(self, name: str) -> WorkTime | None:
        number = self.number(name)
        return None if number is None else WorkTime.from_hours(number)

    def moment(self, name: str) -> datetime | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return datetime.fromisoformat(value).replace(tzinfo=None)
        except ValueError:
            self._refuse(name, value, "a date and time")

    def _refuse(self, name: str, value: str, what: str) -> NoReturn:
        raise Refused(
            f"'{value[:60]}' is not {what}. Mend it in P6 and export again.",
            self._place | {"field": name, "value": value[:60]},
        )


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    values: dict[str, str]
    children: tuple[_Node, ...]


class _CalendarText:
    """Parses a calendar's own notation: (0||name(key|value|…)(children))."""

    _DEEPEST = 12

    def __init__(self, text: str, name: str, file: str) -> None:
        self._text = text
        self._at = 0
        self._name = name
        self._file = file

    def node(self, depth: int = 0) -> _Node:
        if depth > self._DEEPEST:
            self._broken()
        self._expect("(")
        header = self._until("(")
        values = self._until(")").split("|")
        self._expect("(")
        children = []
        while self._text[self._at : self._at + 1] == "(":
            children.append(self.node(depth + 1))
        self._expect(")")
        self._expect(")")
        pairs = dict(zip(values[::2], values[1::2], strict=False))
        return _Node(header.rpartition("||")[2], pairs, tuple(children))

    def _expect(self, sign: str) -> None:
        if self._text[self._at : self._at + 1] != sign:
            self._broken()
        self._at += 1

    def _until(self, sign: str) -> str:
        end = self._text.find(sign, self._at)
        if end < 0:
            self._broken()
        found = self._text[self._at : end]
        self._at = end + 1
        return found

    def _broken(self) -> NoReturn:
        raise Refused(
            f"The working times of calendar '{self._name}' cannot be read (position {self._at}). Export it again.",
            {"file": self._file, "sheet": "CALENDAR"},
        )
