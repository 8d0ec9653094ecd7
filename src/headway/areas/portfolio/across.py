"""Plans side by side: the milestones of all projects by day, and the combined Gantt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from headway.areas.portfolio.queries import LONGEST_TIMELINE, Row, by_name, chosen, page_of
from headway.areas.portfolio.types import (
    CombinedGantt,
    GanttLink,
    GanttProject,
    GanttTask,
    Health,
    MilestoneDay,
    MilestoneDays,
)
from headway.areas.programme.queries import links_between, rows_standing
from headway.areas.programme.types import CrossLink, Standing
from headway.areas.projects.types import Stage
from headway.areas.schedule import combined
from headway.areas.schedule.combined import Place, PlanRow
from headway.areas.schedule.outlook import plan_spans
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

MOST_OPENED = 20
MOST_ROWS = 200  # of one opened project
_MOST_PLANS = 8  # that a path over projects is followed into
Keys = Annotated[tuple[ShortText, ...], Field(max_length=200)]


@query(permission="portfolio.read", name="portfolio.milestones")
def milestones(
    ctx: Context,
    *,
    first: date,
    last: date,
    search: str = "",
    stage: Stage | None = None,
    client: int | None = None,
    manager: int | None = None,
    health: Health | None = None,
    programme: int | None = None,
) -> MilestoneDays:
    """The milestones of all projects one works on between two days, by day: planned, promised, how late.

    client, manager, programme  ids. health  the overall colour.
    """
    if last < first or (last - first).days > LONGEST_TIMELINE:
        raise Invalid(
            f"{first} to {last} is no span of at most {LONGEST_TIMELINE} days.",
            fields=[FieldError("last", f"at most {LONGEST_TIMELINE} days after the first")],
        )
    rows = chosen(ctx, search=search, stage=stage, client=client, manager=manager, health=health, programme=programme)
    lines = {row.line.id: row.line for row in rows}
    spans = plan_spans(ctx, list(lines), first=first, last=last)
    found = [
        MilestoneDay(
            mark.task,
            mark.name,
            project,
            lines[project].key,
            lines[project].name,
            mark.on,
            mark.baseline,
            mark.late_days,
            mark.reached,
            mark.key,
        )
        for project, span in spans.items()
        for mark in span.marks
    ]
    return MilestoneDays(first, last, tuple(sorted(found, key=lambda one: (one.on, one.project, one.name, one.task))))


@query(permission="portfolio.read", name="portfolio.gantt")
def gantt(
    ctx: Context,
    *,
    only: Keys = (),
    opened: Keys = (),
    level: int = 2,
    search: str = "",
    stage: Stage | None = None,
    client: int | None = None,
    manager: int | None = None,
    health: Health | None = None,
    programme: int | None = None,
    cursor: str = "",
    limit: int = 50,
) -> CombinedGantt:
    """Plans of several projects on one axis: spans and milestones, links between them, the path to the last finish.

    only    keys of the projects to show; none = all that the filters leave. opened  keys of those whose tasks are
            wanted, down to the outline level.
    client, manager, programme  ids. health  the overall colour.
    """
    if not 1 <= level <= _DEEPEST:
        raise Invalid(f"level is {level}; give 1 to {_DEEPEST}.", fields=[FieldError("level", f"1 to {_DEEPEST}")])
    rows = chosen(ctx, search=search, stage=stage, client=client, manager=manager, health=health, programme=programme)
    if only:
        keys = {key.upper() for key in only}
        rows = [row for row in rows if row.line.key.upper() in keys]
    rows.sort(key=by_name)
    shown, following = page_of(rows, cursor, limit)
    ids = [row.line.id for row in shown]
    wide = [row.line.id for row in shown if row.line.key in set(opened[:MOST_OPENED])]
    spans = combined.spans(ctx, ids)
    links = links_between(ctx, list(spans))
    standing = rows_standing(ctx, *spans) if spans else ()
    path = _path(spans, standing)
    by_key = {row.line.key: row.line.id for row in shown}
    tasks = _by_project(combined.outline(wide, level=level) if wide else (), path, standing)
    marks = _by_project(combined.key_milestones(list(spans)), path, ())
    return CombinedGantt(
        tuple(_project(row, spans.get(row.line.id), marks, tasks, path, wide) for row in shown),
        tuple(_link(item, by_key, path) for item in links),
        combined.named(path),
        max((span.finish for span in spans.values() if span.finish is not None), default=None),
        following,
        len(rows),
    )


_DEEPEST = 10


def _path(spans: Mapping[int, combined.Span], standing: Sequence[Standing]) -> list[Place]:
    """The tasks that place the last finish of the projects shown, through all plans that they wait for."""
    ends = {project: span.finish for project, span in spans.items() if span.finish is not None}
    if not standing or not ends:
        return []
    last = max(ends, key=lambda project: (ends[project], -project))
    originals = {(row.project_id, row.uid): row.original for row in standing}

    def original_of(place: Place) -> Place | None:
        found = originals.get(place)
        return found if found is not None and found[0] in spans else None

    return combined.path_to_finish(last, original_of, most=_MOST_PLANS)


def _by_project(
    rows: Iterable[PlanRow], path: Collection[Place], standing: Sequence[Standing]
) -> dict[int, list[GanttTask]]:
    names = {(row.project_id, row.uid): row.far.words for row in standing}
    found: dict[int, list[GanttTask]] = {}
    for row in rows:
        place = (row.project_id, row.uid)
        if not row.active and place not in names:
            continue
        task = GanttTask(
            row.id,
            row.uid,
            names.get(place, row.name),
            row.level,
            row.summary,
            row.milestone,
            row.start,
            row.finish,
            row.percent_complete,
            row.critical,
            place in path,
            place in names,
        )
        found.setdefault(row.project_id, []).append(task)
    return found


def _project(
    row: Row,
    span: combined.Span | None,
    marks: Mapping[int, list[GanttTask]],
    tasks: Mapping[int, list[GanttTask]],
    path: Collection[Place],
    wide: Collection[int],
) -> GanttProject:
    line = row.line
    own = tasks.get(line.id, [])
    return GanttProject(
        line.id,
        line.key,
        line.name,
        line.client,
        row.health or Health.NOT_MEASURED,
        span.start if span is not None else None,
        span.finish if span is not None else None,
        row.complete,
        row.late_days,
        any(project == line.id for project, _ in path),
        line.id in wide,
        tuple(marks.get(line.id, ())),
        tuple(own[:MOST_ROWS]),
        max(0, len(own) - MOST_ROWS),
    )


def _link(link: CrossLink, ids: Mapping[str, int], path: Collection[Place]) -> GanttLink:
    before, after = ((ids[end.project], end.task or 0, end.uid or 0) for end in (link.before, link.after))
    return GanttLink(
        before[0],
        before[1],
        link.before.start if link.type[0] == "S" else link.before.finish,
        after[0],
        after[1],
        link.after.start if link.type[1] == "S" else link.after.finish,
        link.type,
        link.lag,
        f"{link.after.words} waits for {link.before.words}",
        (before[0], before[2]) in path and (after[0], after[2]) in path,
    )
