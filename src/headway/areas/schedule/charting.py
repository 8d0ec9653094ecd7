"""A plan's chart: each task as one line of JSON, made when the task changes and kept in this process.

What the chart's rows stand on is asked of the database at every call (versions, counts); only rows whose version has
changed are read again. Each kept row knows the plan's version at which this process noticed its content, so that a
page that holds an older version is sent what changed since, and never less.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Count, Max, QuerySet, TextField
from django.db.models.functions import Cast
from pydantic_core import from_json

from headway.areas.schedule.models import Assignment, Baseline, BaselineTask, Plan, PlanCalendar, PlanLink, PlanTask
from headway.areas.schedule.records import days_late, from_record
from headway.areas.schedule.shelf import Shelf
from headway.areas.schedule.types import MeasuredPlan
from headway.engine import plan as engine
from headway.engine.calendars import EPOCH, TENTHS_PER_DAY, Axis, Calendars, instant
from headway.engine.durations import duration_text
from headway.engine.units import WorkTime

_WHY = "the chart of a visible plan"
_MOST_ROWS = 40_000  # kept in one process: about 20 MB
_MOST_FIRST = 10_000
_MOST_FIGURES = 2_000
_MOST_MEASURED = 20_000  # tasks, some twelve megabytes: a plan of 10,000 and what a change would make of it
_MARGIN_DAYS = 400  # shaded before and after the plan
_MOST_CALENDARS = 50

COLUMNS = (
    "id", "uid", "position", "version", "number", "wbs", "name", "level", "flags", "start", "finish", "plannedStart",
    "plannedFinish", "slip", "duration", "tenths", "percent", "remaining", "slack", "actualStart", "actualFinish",
    "deadline", "lateFinish", "owner", "driver", "driverUid", "driverText", "calendar", "parts", "more",
)  # fmt: skip
SUMMARY, MILESTONE, INACTIVE, MANUAL, CRITICAL, NOTED = 1, 2, 4, 8, 16, 32

_READ = (
    "uid", "pk", "position", "version", "wbs", "name", "level", "summary", "milestone", "active", "critical", "start",
    "finish", "actual_start", "actual_finish", "deadline", "total_slack", "owner", "percent_complete",
)  # fmt: skip
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Line:
    """One kept row: the task's version, the plan's version at which this content was noticed, the JSON.

    fixed  the task's fixed cost, apart from the JSON, which everybody inside is sent.
    """

    version: int
    noticed: int
    text: str
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """JSON of a part that is sent whole (links, assignments), with what it was made from.

    parts  of assignments: the JSON of each by its row, so that only new ones are read again.
    """

    stamp: tuple[Any, ...]
    noticed: int
    text: str
    parts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A chart in this process. `since`: the plan's version from which on changes are known here.

    borne  the plan's own stamp: a version may come back with other content, where an edit rolled back (decision 0076).
    """

    version: int
    borne: str
    since: int
    stamp: tuple[Any, ...]
    lines: Mapping[int, Line]
    gone: Mapping[int, int]
    links: Block
    assigned: Block
    calendars: str


FigureT = TypeVar("FigureT")
_shelf: Shelf[tuple[int, int], Kept] = Shelf(most=_MOST_ROWS, weight=lambda chart: len(chart.lines))
_figures: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_measured: Shelf[tuple[Any, ...], MeasuredPlan] = Shelf(most=_MOST_MEASURED, weight=lambda kept: len(kept.planned))
Promised = dict[int, tuple[datetime | None, datetime | None]]
_promised: Shelf[tuple[Any, ...], Promised] = Shelf(most=_MOST_MEASURED, weight=len)


_first: Shelf[tuple[int, int], tuple[tuple[Any, ...], dict[str, Any]]] = Shelf(
    most=_MOST_FIRST, weight=lambda kept: len(kept[1]["rows"])
)


def forget() -> None:
    """Keep nothing of what was read so far."""
    _shelf.clear()
    _figures.clear()
    _measured.clear()
    _promised.clear()
    _first.clear()


def remembered(what: str, plan: Plan, against: tuple[Any, ...], make: Callable[[], FigureT]) -> FigureT:
    """A figure of a plan, made once in this process while neither the plan nor its baseline changes.

    what  which one. against  the stamp of the baseline it is measured against; () = against none.
    """
    key = (what, plan.pk, plan.version, plan.stamp, *against)
    if key not in _figures:
        _figures[key] = make()
        while len(_figures) > _MOST_FIGURES:
            _figures.popitem(last=False)
    found: FigureT = _figures[key]
    return found


def measured(
    plan: Plan, baseline: Baseline | None, against: tuple[Any, ...], make: Callable[[], MeasuredPlan]
) -> MeasuredPlan:
    """What figures of a plan stand on; kept like these, but of the last plans alone, for it is large."""
    place = (plan.pk, baseline.pk if baseline else 0, plan.version, plan.stamp, *against)
    kept = _measured.find(place)
    if kept is None:
        kept = make()
        _measured.put(place, kept)
    return kept


def promised(stamp: tuple[Any, ...], make: Callable[[], Promised]) -> Promised:
    """Start and finish by task that a baseline of this stamp promises; of the last baselines alone."""
    kept = _promised.find(stamp)
    if kept is None:
        kept = make()
        _promised.put(stamp, kept)
    return kept


def stamp_of(baseline: Baseline | None) -> tuple[Any, ...]:
    """What tells a baseline from what it was before, and from another one."""
    return (baseline.pk, baseline.version, *_count(BaselineTask.of(baseline))) if baseline else ()


def chart_of(plan: Plan, baseline: Baseline | None) -> Kept:
    """The plan's chart against a baseline as it is now, from this process where nothing has changed."""
    key = (plan.pk, baseline.pk if baseline else 0)
    frame = _Frame.of(plan, baseline, stamp_of(baseline))
    known = _shelf.find(key)
    if known is not None and not _continues(known, plan, frame):
        known = None
    if known is not None and known.version == plan.version:
        return known
    made = _changed(known, plan, frame) if known is not None else _made(plan, frame)
    _shelf.put(key, made)
    return made


def _continues(known: Kept, plan: Plan, frame: _Frame) -> bool:
    """Whether what is kept is of the plan that now stands, as it is or as it was before."""
    return known.stamp == frame.stamp and (known.version != plan.version or known.borne == plan.stamp)


def rows_since(kept: Kept, since: int | None) -> dict[str, Any]:
    """What a page is sent: everything, or what changed after the version that it holds."""
    whole = since is None or not kept.since <= since <= kept.version
    after = -1 if whole or since is None else since
    return {
        "whole": whole,
        "count": len(kept.lines),
        "rows": tuple(line.text for line in kept.lines.values() if line.noticed > after),
        "removed": () if whole else tuple(uid for uid, noticed in kept.gone.items() if noticed > after),
        "links": kept.links.text if kept.links.noticed > after else "",
        "assigned": kept.assigned.text if kept.assigned.noticed > after else "",
        "calendars": kept.calendars,
        "fixed_costs": tuple((uid, line.fixed) for uid, line in kept.lines.items() if line.fixed),
    }


def first_rows(plan: Plan, baseline: Baseline | None, count: int, against: tuple[Any, ...]) -> dict[str, Any]:
    """The first rows of the outline, for a page to show at once; kept while neither plan nor baseline changes.

    against  the baseline's stamp.
    """
    frame = _Frame.of(plan, baseline, against)
    place, stamp = (plan.pk, baseline.pk if baseline else 0), (plan.version, plan.stamp, count, frame.stamp)
    kept = _first.find(place)
    if kept is None or kept[0] != stamp:
        kept = (stamp, _first_rows(plan, place, frame, count))
        _first.put(place, kept)
    return kept[1]


def _first_rows(plan: Plan, place: tuple[int, int], frame: _Frame, count: int) -> dict[str, Any]:
    known = _shelf.find(place)
    if known is not None and known.version == plan.version and _continues(known, plan, frame):
        whole = len(known.lines)
        texts = tuple(line.text for line in list(known.lines.values())[:count])
    else:
        whole = PlanTask.unscoped(reason=_WHY).filter(plan=plan, removed_at=None).count()
        rows = list(_rows(plan).values_list(*_READ, *_TEXTS)[:count])
        texts = tuple(text for _, _, text, _ in _lines(frame, rows, [row[0] for row in rows]))
    nothing: dict[str, Any] = {"removed": (), "links": "", "assigned": "", "fixed_costs": ()}
    return {"whole": False, "count": whole, "rows": texts, "calendars": frame.calendars_text(plan), **nothing}


# --- making ------------------------------------------------------------------------------------


def _rows(plan: Plan) -> QuerySet[PlanTask]:
    rows = PlanTask.unscoped(reason=_WHY).filter(plan=plan, removed_at=None).order_by("position", "id")
    return rows.annotate(definition_text=Cast("definition", TextField()), computed_text=Cast("computed", TextField()))


_TEXTS = ("definition_text", "computed_text")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every row is made with. A chart of another stamp is made anew."""

    stamp: tuple[Any, ...]
    settings: engine.ProjectSettings
    calendars: tuple[engine.Calendar, ...]
    baseline: Baseline | None

    @classmethod
    def of(cls, plan: Plan, baseline: Baseline | None, against: tuple[Any, ...]) -> _Frame:
        settings: engine.ProjectSettings = from_record(engine.ProjectSettings, plan.settings)
        rows = list(PlanCalendar.of(plan).order_by("uid").values_list("pk", "definition"))
        calendars = tuple(from_record(engine.Calendar, definition) for _, definition in rows)
        units = (settings.minutes_per_day, settings.minutes_per_week, settings.days_per_month, settings.calendar_uid)
        last = max((pk for pk, _ in rows), default=0)
        return cls((units, against, len(rows), last), settings, calendars, baseline)

    def axis(self) -> Axis:
        return Calendars(self.calendars, default_uid=self.settings.calendar_uid).default

    def planned(self, uids: Collection[int] | None) -> dict[int, tuple[datetime | None, datetime | None]]:
        if self.baseline is None:
            return {}
        rows = BaselineTask.of(self.baseline)
        rows = rows if uids is None else rows.filter(uid__in=uids)
        return {uid: (start, finish) for uid, start, finish in rows.values_list("uid", "start", "finish")}

    def calendars_text(self, plan: Plan) -> str:
        start = plan.start or self.settings.start or EPOCH
        return _calendars(self, start, plan.finish or start)


def _count(rows: QuerySet[Any]) -> tuple[int, int]:
    found = rows.order_by().aggregate(count=Count("pk"), last=Max("pk"))
    return found["count"], found["last"] or 0


def _version_now(plan: Plan) -> int:
    return Plan.unscoped(reason=_WHY).filter(pk=plan.pk).values_list("version", flat=True).first() or plan.version


def _made(plan: Plan, frame: _Frame) -> Kept:
    rows = list(_rows(plan).values_list(*_READ, *_TEXTS))
    made = [*_lines(frame, rows, None)]
    links, assigned = _links(plan, frame, plan.version), _assigned(plan, plan.version)
    now = _version_now(plan)  # what was read may already be newer than the plan's row: it counts as of then
    lines = {uid: Line(version, now, text, fixed) for uid, version, text, fixed in made}
    calendars = frame.calendars_text(plan)
    return Kept(plan.version, plan.stamp, now, frame.stamp, lines, {}, links, assigned, calendars)


def _changed(known: Kept, plan: Plan, frame: _Frame) -> Kept:
    """The kept chart with the rows renewed whose version differs."""
    present = list(_rows(plan).values_list("uid", "version"))
    differing = [uid for uid, version in present if uid not in known.lines or known.lines[uid].version != version]
    fresh: dict[int, tuple[int, str, str]] = {}
    if differing:
        some = _rows(plan) if len(differing) > 500 else _rows(plan).filter(uid__in=differing)
        wanted = set(differing)
        rows = [row for row in some.values_list(*_READ, *_TEXTS) if row[0] in wanted]
        uids = differing if len(differing) <= 500 else None
        fresh = {uid: (version, text, fixed) for uid, version, text, fixed in _lines(frame, rows, uids)}
    links, assigned = _links(plan, frame, plan.version, known.links), _assigned(plan, plan.version, known.assigned)
    now = _version_now(plan)
    lines: dict[int, Line] = {}
    for uid, _ in present:
        if uid in fresh:
            version, text, fixed = fresh[uid]
            held = known.lines.get(uid)
            noticed = held.noticed if held is not None and held.text == text else now
            lines[uid] = Line(version, noticed, text, fixed)
        elif uid in known.lines:
            lines[uid] = known.lines[uid]
    gone = {uid: now for uid in known.lines if uid not in lines}
    gone = {**{uid: at for uid, at in known.gone.items() if uid not in lines}, **gone}
    return replace(
        known,
        version=plan.version,
        borne=plan.stamp,
        lines=lines,
        gone=gone,
        links=replace(links, noticed=known.links.noticed if links.text == known.links.text else now),
        assigned=replace(assigned, noticed=known.assigned.noticed if assigned.text == known.assigned.text else now),
        calendars=frame.calendars_text(plan),
    )


def _lines(
    frame: _Frame, rows: Iterable[tuple[Any, ...]], uids: Collection[int] | None
) -> Iterable[tuple[int, int, str, str]]:
    """Uid, version, JSON and fixed cost of each row. `uids`: whose baseline dates are needed; None = everybody's."""
    planned, axis, settings = frame.planned(uids), frame.axis(), frame.settings
    for row in rows:
        (uid, pk, position, version, wbs, name, level, summary, milestone, active, critical, start, finish) = row[:13]
        actual_start, actual_finish, deadline, slack, owner, percent, definition, computed = row[13:]
        task = from_json(definition)
        placed = from_json(computed) if computed else {}
        driver = placed.get("driver") or {}
        by_link = driver.get("kind") == "link"
        due = planned.get(uid, (None, None))
        slip = 0 if finish is not None and due[1] == finish else days_late(axis, settings, due[1], finish)
        flags = (
            SUMMARY * summary
            + MILESTONE * milestone
            + INACTIVE * (not active)
            + MANUAL * (task.get("mode") == "manual")
            + CRITICAL * critical
            + NOTED * bool(task.get("notes"))
        )
        values = [
            pk, uid, position, version, task.get("id", 0), wbs, name, level, flags, _at(start), _at(finish),
            _at(due[0]), _at(due[1]), slip,
            _duration(task, placed, settings, summary=summary),
            _tenths(placed.get("duration")), _number(placed.get("percent_complete", 0) if summary else percent),
            _remaining(task), slack.tenths if slack is not None else None,
            _at(actual_start), _at(actual_finish), _at(deadline), _at_text(placed.get("late_finish")), owner,
            driver.get("kind", ""), driver.get("uid"), "" if by_link else driver.get("text", ""),
            task.get("calendar_uid"), _parts(task), _more(task, placed),
        ]  # fmt: skip
        yield uid, version, _write(values), str(task.get("fixed_cost") or "") if active else ""


# What few rows have: sent where it is not as usual, under short names.
_FURTHER = (
    ("constraint", "constraint"),
    ("priority", "priority"),
    ("type", "type"),
    ("effortDriven", "effort_driven"),
    ("custom", "custom"),
)


def _more(task: Mapping[str, Any], placed: Mapping[str, Any]) -> dict[str, Any] | None:
    """Work, constraint, priority, type, range, free slack, late start and own fields of a task; None without any.

    A late start is left out where it is the start: where there is no slack.
    """
    found = {name: task[own] for name, own in _FURTHER if own in task}
    if "constraint_date" in task:
        found["constraintDate"] = _at_text(task["constraint_date"])
    if task.get("work") is not None:
        found["work"] = _tenths(task["work"])
    for name in ("optimistic", "pessimistic"):
        if task.get(name) is not None:
            found[name] = _tenths(task[name]["amount"])
    free = placed.get("free_slack")
    if free and free["tenths"]:
        found["freeSlack"] = free["tenths"]
    if placed and placed["late_start"] != placed["start"]:
        found["lateStart"] = _at_text(placed["late_start"])
    return found or None


def _at(moment: datetime | None) -> int | None:
    return None if moment is None else instant(moment)


def _at_text(moment: str | None) -> int | None:
    return None if moment is None else instant(datetime.fromisoformat(moment))


def _tenths(amount: Mapping[str, int] | None) -> int | None:
    return None if amount is None else amount["tenths"]


def _number(percent: Any) -> float | int:
    value = Decimal(percent)
    return int(value) if value == value.to_integral_value() else float(value)


def _remaining(task: Mapping[str, Any]) -> int | None:
    """Tenths of minutes that remain; from the percent where none are stored."""
    if "remaining_duration" in task and task["remaining_duration"] is not None:
        return _tenths(task["remaining_duration"])
    duration = task.get("duration")
    if not duration:
        return None
    whole = int(duration.get("amount", {}).get("tenths", 0))
    return whole - int(whole * Decimal(task.get("percent_complete", 0)) / 100)


def _duration(
    task: Mapping[str, Any], placed: Mapping[str, Any], settings: engine.ProjectSettings, *, summary: bool
) -> str:
    """The duration as people read it, in the unit it was typed in; a summary's in days."""
    if summary:
        tenths = _tenths(placed.get("duration"))
        return duration_text(engine.Duration(WorkTime(tenths)), settings) if tenths is not None else ""
    given = task.get("duration")
    if not given:
        return ""
    amount = WorkTime(int(given.get("amount", {}).get("tenths", 0)))
    typed = engine.Duration(amount, given.get("unit", "d"), given.get("elapsed", False), given.get("estimated", False))
    return duration_text(typed, settings)


def _parts(task: Mapping[str, Any]) -> list[list[int]] | None:
    """The worked stretches of a split task."""
    splits = task.get("splits")
    if not splits:
        return None
    return [[instant(datetime.fromisoformat(part[end])) for end in ("start", "finish")] for part in splits]


def _links(plan: Plan, frame: _Frame, noticed: int, known: Block | None = None) -> Block:
    """Predecessor, successor, kind, lag as text; sent whole."""
    rows = PlanLink.of(plan)
    stamp = _count(rows)
    if known is not None and known.stamp == stamp:
        return known
    columns = ("predecessor_uid", "successor_uid", "text")
    found = rows.order_by("id").annotate(text=Cast("definition", TextField())).values_list(*columns)
    made = [[before, after, *_kind_and_lag(text, frame.settings)] for before, after, text in found]
    return Block(stamp, noticed, _write(made))


def _kind_and_lag(text: str, settings: engine.ProjectSettings) -> tuple[str, str]:
    record = from_json(text)
    if "lag" not in record:
        return record.get("type", "FS"), ""
    link: engine.Link = from_record(engine.Link, record)
    return link.type.value, lag_text(link.lag, settings)


def lag_text(lag: engine.Lag, settings: engine.ProjectSettings) -> str:
    """'+2 d', '-50%' as a planner reads it; '' for none."""
    if lag.percent is not None:
        return f"{lag.percent:+f}".rstrip("0").rstrip(".") + "%"
    if not lag.amount:
        return ""
    shown = duration_text(engine.Duration(lag.amount, lag.unit, lag.elapsed), settings)
    return shown if shown.startswith("-") else f"+{shown}"


def _assigned(plan: Plan, noticed: int, known: Block | None = None) -> Block:
    """Who works on what: uids of task and resource, units in percent, tenths of work and of overtime; sent whole.

    An assignment that changes is a new row, so only rows that are not known are read.
    """
    rows = Assignment.of(plan).exclude(resource_uid=None)
    stamp = _count(rows)
    if known is not None and known.stamp == stamp:
        return known
    held = known.parts if known is not None else {}
    present = list(rows.order_by("id").values_list("pk", flat=True))
    fresh = [pk for pk in present if pk not in held]
    some = rows if len(fresh) > 500 else rows.filter(pk__in=fresh)
    texts = some.annotate(text=Cast("definition", TextField())).values_list("pk", "task_uid", "resource_uid", "text")
    made = {pk: _share(task, resource, text) for pk, task, resource, text in texts}
    parts = {pk: made[pk] if pk in made else held[pk] for pk in present if pk in made or pk in held}
    return Block(stamp, noticed, f"[{','.join(parts.values())}]", parts)


def _share(task_uid: int, resource_uid: int | None, text: str) -> str:
    definition = from_json(text)
    units = _number(Decimal(definition.get("units", 1)) * 100)
    overtime = _tenths(definition.get("overtime_work"))
    work = _tenths(definition.get("work")) or 0
    return _write([task_uid, resource_uid, units, work, *([overtime] if overtime else [])])


# --- working time -----------------------------------------------------------------------------


def _calendars(frame: _Frame, start: datetime, finish: datetime) -> str:
    """Working time by day of every calendar: shifts in minutes, the week's pattern, the days that differ from it."""
    first = instant(start - timedelta(days=_MARGIN_DAYS)) // TENTHS_PER_DAY
    last = instant(finish + timedelta(days=_MARGIN_DAYS)) // TENTHS_PER_DAY
    known = Calendars(frame.calendars, default_uid=frame.settings.calendar_uid)
    made = {
        str(item.uid): _working_time(known.axis(item.uid), first, last) | {"name": item.name}
        for item in frame.calendars[:_MOST_CALENDARS]
    }
    return _write({"project": frame.settings.calendar_uid, "items": made})


def _working_time(axis: Axis, first: int, last: int) -> dict[str, Any]:
    by_day: dict[int, list[tuple[int, int]]] = {}
    starts, ends = axis.periods(first, last)
    for begin, end in zip(starts.tolist(), ends.tolist(), strict=True):
        at = begin
        while at < end:  # a shift over midnight belongs to both days
            day = at // TENTHS_PER_DAY
            until = min(end, (day + 1) * TENTHS_PER_DAY)
            by_day.setdefault(day, []).append(((at - day * TENTHS_PER_DAY) // 10, (until - day * TENTHS_PER_DAY) // 10))
            at = until
    patterns: dict[tuple[tuple[int, int], ...], int] = {}
    found = [patterns.setdefault(tuple(by_day.get(day, ())), len(patterns)) for day in range(first, last)]
    week = [_commonest(found[place::7]) for place in range(7)]
    return {
        "first": first,
        "week": week,
        "days": [[first + place, number] for place, number in enumerate(found) if number != week[place % 7]],
        "patterns": list(patterns),
    }


def _commonest(numbers: list[int]) -> int:
    return max(set(numbers), key=numbers.count)
