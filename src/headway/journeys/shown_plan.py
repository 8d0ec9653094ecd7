"""A plan as a person sees it, as a file: rows and words as on their screen, bars by the plan as it is stored.

The page says which rows and columns it shows, in which order and with which words; dates, links and working time come
from the plan itself, at the version that the page has. Written in the limited child process; a working copy for the
person who asks, so nobody has to approve it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen
from pydantic_core import from_json

from headway.areas.people.queries import house_rules
from headway.areas.projects.types import Charter
from headway.areas.schedule import queries
from headway.areas.schedule.charting import CRITICAL, INACTIVE, MANUAL, MILESTONE, SUMMARY
from headway.areas.schedule.exporting import note_export
from headway.areas.schedule.types import Chart
from headway.documents.child import RENDER_LIMITS, ChildError, Refused, run
from headway.documents.shown_plan import (
    DAY,
    PLAN,
    PRINT,
    ShownColumn,
    ShownLine,
    ShownLink,
    ShownPlan,
    ShownRow,
    Stretch,
    moment_of,
)
from headway.documents.tree import clean
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, Unavailable

MOST_ROWS = 20_000
_HOURS_FROM = 100.0  # pixels a day from which on pauses within a day are shaded
_MARGIN_DAYS = 2
_MOST_DAYS = 60 * 366
_MOMENT = 40_000 * DAY

Words = Annotated[str, MaxLen(500)]
Tint = Literal["", "red", "amber", "green", "blue", "violet", "grey"]
Moment = Annotated[int, Ge(-_MOMENT), Le(_MOMENT)]


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """A column as it is shown: its heading, its width in pixels, whether it is flush right or bears the outline."""

    title: Words
    width: Annotated[float, Ge(1), Le(2000)]
    right: bool
    tree: bool


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row as it is shown. `uid` 0: no task, such as the heading of a group. `words`: beside its bar."""

    uid: int
    level: Annotated[int, Ge(0), Le(100)]
    cells: Annotated[tuple[Words, ...], MaxLen(100)]
    words: Words
    tint: Tint
    bar: Tint
    looks: Annotated[tuple[Literal["over", "driving", "group"], ...], MaxLen(3)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page shows, and as what it is wanted.

    span      'screen': the time in sight; 'whole': the whole plan on one page's width; 'zoom': at the screen's zoom,
              over as many pages as it takes.
    first, last, per_day, chart_width  the time in sight, the zoom and the width of the bars in pixels.
    switches  what the chart shows, by the names of its switches.
    remarks   filter, order and groups in words.
    """

    form: Literal["pdf", "pptx", "png", "svg", "print"]
    paper: Literal["a4", "a3", "letter", "tabloid"]
    span: Literal["screen", "whole", "zoom"]
    version: int
    baseline: int | None
    first: Moment
    last: Moment
    per_day: Annotated[float, Ge(0.01), Le(5000)]
    chart_width: Annotated[float, Ge(50), Le(10_000)]
    switches: frozenset[Words]
    columns: Annotated[tuple[AskedColumn, ...], MaxLen(100)]
    rows: Annotated[tuple[AskedRow, ...], MaxLen(MOST_ROWS)]
    remarks: Annotated[tuple[Words, ...], MaxLen(20)]


@dataclass(frozen=True, slots=True)
class Exported:
    """The files by name, one but for print."""

    files: dict[str, bytes]


def export(
    ctx: Context, *, project: Charter, asked: Asked, language: str, month_first: bool, day: Callable[[date], str]
) -> Exported:
    """The plan as it is shown, as a file; the taking of it is noted.

    day  writes a date as the house does.
    Raises Conflict when the plan is no longer at the version shown, Invalid for what is too large for its format.
    """
    chart = queries.chart(ctx, project=project.id, baseline=asked.baseline)
    if chart.version != asked.version:
        raise Conflict("The plan was changed while you exported it. Look at it as it is now, then export again.")
    now = ctx.now.astimezone(ZoneInfo(project.time_zone)).replace(tzinfo=None)
    shown = _Showing(chart, asked).plan(
        title=f"Plan of {project.name}",
        lines=tuple(_lines(asked, chart, now, day)),
        remarks=(
            f"As shown to {ctx.actor.name} on {day(now.date())}, {now:%H:%M}",
            f"Status date {day(chart.status_date.date())}" if chart.status_date else "No status date",
            *asked.remarks,
        ),
        month_first=month_first,
    )
    files = _written(
        shown,
        {
            "format": asked.form,
            "paper": asked.paper,
            "timestamp": ctx.now.isoformat(),
            "data_date": (chart.status_date or now).date().isoformat(),
            "language": language,
            "author": ctx.actor.name,
            "organisation": house_rules(ctx).name,
        },
    )
    pages = len(files) if asked.form == PRINT else 1
    note_export(ctx, project=project.id, form=asked.form, rows=len(asked.rows), pages=pages)
    return Exported(files)


def _lines(asked: Asked, chart: Chart, now: datetime, day: Callable[[date], str]) -> Iterator[ShownLine]:
    """Today and the status date, where they are switched on."""
    status = chart.status_date
    if "today" in asked.switches:
        yield ShownLine(moment_of(now), f"Today {day(now.date())}", "accent")
    if "status" in asked.switches and status is not None:
        yield ShownLine(moment_of(status), f"Status date {day(status.date())}", "status")


def _written(shown: ShownPlan, payload: dict[str, Any]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="headway-") as name:
        stored = Path(name) / PLAN
        stored.write_text(shown.to_json(), encoding="utf-8")
        try:
            made = run("headway.documents.shown_plan_file:write", payload, inputs={PLAN: stored}, limits=RENDER_LIMITS)
        except Refused as refusal:
            raise Invalid(refusal.message, fields=[FieldError("rows", refusal.message)]) from refusal
        except ChildError as error:
            raise Unavailable(f"The file could not be made: {error}") from error
    return made.outputs


class _Showing:
    """What a page shows, with the stored plan's dates, links and working time."""

    def __init__(self, chart: Chart, asked: Asked) -> None:
        self._chart = chart
        self._asked = asked
        self._at = {name: place for place, name in enumerate(chart.columns)}
        wanted = {row.uid for row in asked.rows if row.uid}
        uid = self._at["uid"]
        tasks = (from_json(text) for text in chart.rows)
        self._tasks: dict[int, list[Any]] = {task[uid]: task for task in tasks if task[uid] in wanted}
        missing = wanted - self._tasks.keys()
        if missing:
            raise Invalid(
                "Some of these rows are not in the plan. Load the page again.", fields=[FieldError("rows", "unknown")]
            )

    def plan(
        self, *, title: str, lines: tuple[ShownLine, ...], remarks: tuple[str, ...], month_first: bool
    ) -> ShownPlan:
        """Everything that the drawing needs."""
        asked = self._asked
        rows = tuple(self._row(row) for row in asked.rows)
        first, last = self._span(rows)
        calendars = {row.calendar for row in rows} if "shade" in asked.switches else set()
        return ShownPlan(
            title=clean(title),
            remarks=tuple(clean(words) for words in remarks),
            columns=tuple(
                ShownColumn(clean(column.title), column.width, column.right, column.tree) for column in asked.columns
            ),
            rows=rows,
            links=tuple(self._links()) if "links" in asked.switches else (),
            lines=lines,
            first=first,
            last=last,
            per_day=asked.per_day,
            paged=asked.span == "zoom",
            chart_width=asked.chart_width,
            resting=dict(self._resting(calendars, first, last)),
            month_first=month_first,
        )

    def _row(self, asked: AskedRow) -> ShownRow:
        cells = tuple(clean(words) for words in asked.cells)
        words = clean(asked.words) if "words" in self._asked.switches else ""
        if not asked.uid:
            return ShownRow(cells, level=max(asked.level, 1), tint=asked.tint, looks=asked.looks)
        task, on = self._tasks[asked.uid], self._asked.switches
        get = self._getter(task)
        flags, start, finish, percent = get("flags"), get("start"), get("finish"), get("percent")
        looks = [look for look in asked.looks if look != "driving" or "driving" in on]
        done = percent >= 100
        named = (
            ("critical", "critical" in on and flags & CRITICAL and not done),
            ("done", done),
            ("inactive", flags & INACTIVE),
            ("manual", flags & MANUAL),
        )
        summary = bool(flags & SUMMARY)
        kind = "summary" if summary else "milestone" if flags & MILESTONE or start == finish else "task"
        planned = (get("plannedStart"), get("plannedFinish"))
        late = get("lateFinish")
        return ShownRow(
            cells=cells,
            kind="" if start is None or finish is None else kind,
            level=max(asked.level, 1),
            start=start,
            finish=finish,
            percent=float(percent) if "progress" in on else 0.0,
            baseline=planned if "baseline" in on and None not in planned else None,
            slack=late if "slack" in on and late is not None and not done and not summary else None,
            deadline=get("deadline") if "deadline" in on else None,
            parts=tuple((begin, end) for begin, end in get("parts") or ()),
            words=words,
            calendar=self._calendar(get("calendar")),
            tint=asked.tint,
            bar=asked.bar,
            looks=(*looks, *(name for name, holds in named if holds)),
        )

    def _getter(self, task: list[Any]) -> Callable[[str], Any]:
        return lambda name: task[self._at[name]]

    def _calendar(self, uid: int | None) -> str:
        known = self._calendars["items"]
        own = str(uid) if uid is not None else ""
        return own if own in known else str(self._calendars["project"])

    @cached_property
    def _calendars(self) -> Mapping[str, Any]:
        read: Mapping[str, Any] = from_json(self._chart.calendars)
        return read

    def _span(self, rows: Iterable[ShownRow]) -> Stretch:
        asked = self._asked
        if asked.span == "screen":
            first, last = asked.first, asked.last
        else:
            placed = [(row.start, row.finish) for row in rows if row.start is not None and row.finish is not None]
            first = min((start for start, _ in placed), default=asked.first) - _MARGIN_DAYS * DAY
            last = max((finish for _, finish in placed), default=asked.last) + _MARGIN_DAYS * DAY
            last += (last - first) // 12  # room for the words beside the last bars
        return first, min(max(last, first + DAY // 24), first + _MOST_DAYS * DAY)

    def _links(self) -> Iterator[ShownLink]:
        places = {row.uid: place for place, row in enumerate(self._asked.rows) if row.uid}
        driving = {row.uid for row in self._asked.rows if "driving" in row.looks}
        flags, driver, by = self._at["flags"], self._at["driver"], self._at["driverUid"]
        for before, after, kind, *_ in from_json(self._chart.links or "[]"):
            if before not in places or after not in places:
                continue
            one, other = self._tasks[before], self._tasks[after]
            look = "plain"
            if "driving" in self._asked.switches and {before, after} <= driving:
                look = "driving" if other[driver] == "link" and other[by] == before else "plain"
            if look == "plain" and "critical" in self._asked.switches and one[flags] & other[flags] & CRITICAL:
                look = "critical"
            yield ShownLink(places[before], places[after], kind, look)

    def _resting(self, calendars: Iterable[str], first: int, last: int) -> Iterator[tuple[str, tuple[Stretch, ...]]]:
        for name in calendars:
            calendar = self._calendars["items"].get(name)
            if calendar is not None:
                yield name, tuple(_joined(self._gaps(calendar, first // DAY, last // DAY + 1)))

    def _gaps(self, calendar: Mapping[str, Any], first: int, last: int) -> Iterator[Stretch]:
        """Stretches without work, day by day."""
        differing = dict(calendar["days"])
        hours = self._asked.per_day >= _HOURS_FROM
        for day in range(first, last):
            pattern = differing.get(day, calendar["week"][(day - calendar["first"]) % 7])
            shifts = calendar["patterns"][pattern]
            if not shifts:
                yield day * DAY, (day + 1) * DAY
            elif hours:
                at = 0
                for begin, end in [*shifts, (1440, 1440)]:
                    if begin > at:
                        yield day * DAY + at * 10, day * DAY + begin * 10
                    at = end


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    held: Stretch | None = None
    for begin, end in stretches:
        if held is not None and held[1] == begin:
            held = (held[0], end)
            continue
        if held is not None:
            yield held
        held = (begin, end)
    if held is not None:
        yield held
