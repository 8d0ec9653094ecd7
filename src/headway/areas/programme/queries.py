"""Reads of programmes and of what ties plans; of what a person may not see of another project, its days alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from headway.areas.people.queries import names_of
from headway.areas.programme.models import Placeholder, PlanMove, Programme, ProgrammeProject
from headway.areas.programme.types import (
    AwaitedRow,
    CrossLink,
    Far,
    Links,
    MoveRow,
    Near,
    OwnTask,
    ProgrammeDetail,
    ProgrammeProjectRow,
    ProgrammeRow,
    Programmes,
    Standing,
    TaskId,
    WaitRow,
)
from headway.areas.projects.lines import ProjectLine, lines_among, lines_inside
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import placeholders
from headway.areas.schedule.placeholders import Seat, Tie
from headway.engine.ranking import working_days
from headway.kernel.access import check
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import Denied
from headway.kernel.paging import page
from headway.kernel.queries import once, query
from headway.kernel.schema import ShortText

_WHY = "what ties plans, shown as far as the reader may see"
_MOST_MOVES = 20
_MOST_OFFERED = 100


# --- links ----------------------------------------------------------------------------------------


@query(permission="schedule.read")
def links(ctx: Context, *, project: ProjectId) -> Links:
    """What ties a project's plan to others: what it waits for, what waits for it, and when others moved it."""
    return _links(ctx, project, None)


@query(permission="schedule.read")
def task_links(ctx: Context, *, task: TaskId) -> Links:
    """What ties one task to other projects: what it waits for there, and what waits for it."""
    seat = placeholders.seat_seen(ctx, task)
    return _links(ctx, seat.project_id, seat)


def _links(ctx: Context, project_id: int, only: Seat | None) -> Links:
    rows = Placeholder.unscoped(reason=_WHY).order_by("id")
    mine = list(rows.filter(project_id=project_id))
    theirs = rows.filter(original_project_id=project_id)
    theirs_found = list(theirs if only is None else theirs.filter(original_id=only.task_id))
    if not mine and not theirs_found:
        return Links((), (), ())
    everything = [*mine, *theirs_found]
    pairs = {(row.project_id, row.uid) for row in everything}
    present = placeholders.rows_by_uid(pairs)
    originals = placeholders.seats([row.original_id for row in everything])
    tied: dict[tuple[int, int], list[Tie]] = {}
    for tie in placeholders.ties(present):
        tied.setdefault((tie.project_id, tie.placeholder_uid), []).append(tie)
    seen = _seen(ctx, [*(row.original_project_id for row in mine), *(row.project_id for row in theirs_found)])
    live = [row for row in mine if (row.project_id, row.uid) in present]
    waits = [
        wait
        for row in live
        for wait in _waits(row, originals[row.original_id], tied.get((row.project_id, row.uid), ()), seen)
        if only is None or row.uid == only.uid or (wait.task is not None and wait.task.uid == only.uid)
    ]
    awaited = [
        AwaitedRow(
            _near(originals[row.original_id]),
            _far(seat, seen),
            kind,
            lag,
            _slack_days(present[row.project_id, row.uid]) if kind else None,
        )
        for row in theirs_found
        if (row.project_id, row.uid) in present
        for seat, kind, lag in _after(present[row.project_id, row.uid], tied.get((row.project_id, row.uid), ()))
    ]
    return Links(tuple(waits), tuple(awaited), () if only is not None else moves_of(ctx, project_id, seen))


def _waits(row: Placeholder, original: Seat, ties: Sequence[Tie], seen: Mapping[int, ProjectLine]) -> Iterable[WaitRow]:
    far = _far(original, seen)
    given = (row.pk, row.uid)
    for tie in ties:
        link = (tie.type.value, tie.lag)
        yield WaitRow(*given, _near(tie.successor), far, *link, row.made_by, row.created_at, row.trouble)
    if not ties:
        yield WaitRow(*given, None, far, "", "", row.made_by, row.created_at, row.trouble)


def _after(row: Seat, ties: Sequence[Tie]) -> Iterable[tuple[Seat, str, str]]:
    """The tasks that wait by a placeholder; the row itself where it is only shown."""
    found = [(tie.successor, tie.type.value, tie.lag) for tie in ties]
    return found or [(row, "", "")]


def _seen(ctx: Context, project_ids: Collection[int]) -> dict[int, ProjectLine]:
    """The projects among these that the actor may see inside, by id."""
    return {line.id: line for line in lines_among(ctx, set(project_ids))}


def _far(seat: Seat, seen: Mapping[int, ProjectLine]) -> Far:
    line = seen.get(seat.project_id)
    days = (seat.start, seat.finish)
    if line is None:
        return Far(None, None, "", "", "", *days, False, seat.there)
    return Far(seat.task_id, seat.uid, line.key, line.name, seat.name, *days, seat.critical, seat.there)


def _slack_days(seat: Seat) -> Decimal | None:
    return None if seat.slack is None else (seat.slack.hours / 8).quantize(Decimal("0.1")).normalize()


def _near(seat: Seat) -> Near:
    return Near(seat.task_id, seat.uid, seat.name, seat.start, seat.finish, seat.critical)


def moves_of(ctx: Context, project_id: int, seen: Mapping[int, ProjectLine] | None = None) -> tuple[MoveRow, ...]:
    """When other projects moved the plan of a visible one, newest first."""
    rows = list(PlanMove.visible_to(ctx).filter(project_id=project_id).order_by("-created_at", "-id")[:_MOST_MOVES])
    missing = {row.cause_id for row in rows} - set(seen or ())
    named = {**(seen or {}), **(_seen(ctx, missing) if missing else {})}
    return tuple(move_row(row, named.get(row.cause_id)) for row in rows)


def move_row(row: PlanMove, cause: ProjectLine | None) -> MoveRow:
    """A move as it is told to somebody who may, or may not, see what caused it."""
    milestones = tuple(
        (name, date.fromisoformat(old), date.fromisoformat(new), days) for _, name, old, new, days in row.milestones
    )
    deadlines = tuple(str(name) for name in row.deadlines)
    by = cause.name if cause is not None else "another project"
    return MoveRow(
        at=row.created_at,
        cause=cause.key if cause is not None else "",
        cause_name=cause.name if cause is not None else "",
        moved=row.moved,
        old_finish=row.old_finish,
        new_finish=row.new_finish,
        finish_days=row.finish_days,
        milestones=milestones,
        deadlines=deadlines,
        sentence=f"Moved by {by}: {move_words(milestones, deadlines, row.finish_days, row.moved)}",
    )


_NAMED = 3


def move_words(
    milestones: Sequence[tuple[str, date, date, int]], deadlines: Sequence[str], finish_days: int, moved: int
) -> str:
    """'Go-live +3 d, Training +3 d; the finish +3 d; deadline of Launch missed'."""
    said = [f"{name} {signed(days)}" for name, _, _, days in milestones[:_NAMED]]
    if len(milestones) > _NAMED:
        said[-1] += f" and {len(milestones) - _NAMED} more milestones"
    parts = [", ".join(said)] if said else []
    if finish_days:
        parts.append(f"the finish {signed(finish_days)}")
    if deadlines:
        more = f" and {len(deadlines) - 1} more" if len(deadlines) > 1 else ""
        parts.append(f"deadline of {deadlines[0]}{more} missed")
    return "; ".join(parts) or f"{moved} {'task moves' if moved == 1 else 'tasks move'}"


def signed(days: int) -> str:
    """'+3 d', '−2 d'; by hours only where no day lies between."""
    return f"{'+' if days > 0 else '−'}{abs(days)} d" if days else "by hours"


def days_between(old: datetime, new: datetime) -> int:
    """Working days, Monday to Friday, from one moment to another; negative = earlier."""
    return working_days(old.date(), new.date())


@query(permission="schedule.read")
def offered_tasks(ctx: Context, *, project: ProjectId, search: ShortText = "") -> tuple[OwnTask, ...]:
    """Tasks of a project that a task of another may wait for, in outline order; those whose names hold a text."""
    found = placeholders.search(ctx, project, search.strip(), _MOST_OFFERED)
    return tuple(
        OwnTask(seat.task_id, seat.name, seat.start, seat.finish, seat.milestone, seat.summary) for seat in found
    )


def rows_standing(ctx: Context, *project_ids: int) -> tuple[Standing, ...]:
    """The rows of visible plans that stand for tasks of other projects, named as far as the actor may see those."""
    rows = list(Placeholder.unscoped(reason=_WHY).filter(among_ids("project_id", project_ids)).order_by("id"))
    if not rows:
        return ()
    present = placeholders.rows_by_uid({(row.project_id, row.uid) for row in rows})
    originals = placeholders.seats([row.original_id for row in rows])
    seen = _seen(ctx, [row.original_project_id for row in rows])
    return tuple(
        Standing(
            present[row.project_id, row.uid].task_id,
            row.uid,
            row.pk,
            row.project_id,
            (row.original_project_id, originals[row.original_id].uid),
            _far(originals[row.original_id], seen),
        )
        for row in rows
        if (row.project_id, row.uid) in present
    )


def links_between(ctx: Context, project_ids: Collection[int]) -> tuple[CrossLink, ...]:
    """The links between projects of a group that the actor sees inside; nine queries at most, however many."""
    among = set(project_ids)
    rows = list(
        Placeholder.unscoped(reason=_WHY)
        .filter(among_ids("project_id", among), among_ids("original_project_id", among))
        .order_by("id")
    )
    if not rows:
        return ()
    seen = _seen(ctx, among)
    originals = placeholders.seats([row.original_id for row in rows])
    by_row = {(row.project_id, row.uid): originals[row.original_id] for row in rows}
    return tuple(
        CrossLink(
            _far(by_row[tie.project_id, tie.placeholder_uid], seen), _far(tie.successor, seen), tie.type.value, tie.lag
        )
        for tie in placeholders.ties(by_row)
    )


# --- programmes -----------------------------------------------------------------------------------


@query(permission="programme.read", name="programme.list")
def programmes(ctx: Context, *, cursor: str = "", limit: int = 50) -> Programmes:
    """The programmes with a project that one works on, and one's own, by name, a page at a time."""
    rows, following = page(Programme.visible_to(ctx), order=("name", "id"), cursor=cursor, limit=limit)
    members = projects_by_programme([row.pk for row in rows])
    keys = {line.id: line.key for line in lines_inside(ctx)} if members else {}
    owners = names_of({row.owner_id for row in rows if row.owner_id is not None})
    items = tuple(
        ProgrammeRow(
            row.pk,
            row.name,
            row.objective,
            owners.get(row.owner_id or 0, ""),
            row.owner_id,
            tuple(sorted(keys[project] for project in members.get(row.pk, ()) if project in keys)),
            may_change(ctx, row),
            row.version,
        )
        for row in rows
    )
    return Programmes(items, following)


def programme_names(ctx: Context) -> Mapping[int, str]:
    """The names of all programmes that `programmes` pages through, by name; read once a call."""
    return once(ctx, "programme names", lambda: _read_names(ctx))


def _read_names(ctx: Context) -> dict[int, str]:
    return dict(Programme.visible_to(ctx).order_by("name", "id").values_list("pk", "name"))


def may_change(ctx: Context, row: Programme) -> bool:
    """Whether to offer changes of a programme."""
    try:
        check(ctx, "programme.change", {"programme": row}, project_id=None, writes=True)
    except Denied:
        return False
    return True


def projects_by_programme(programme_ids: Collection[int]) -> dict[int, list[int]]:
    """Ids of the projects of some programmes, whoever may see them."""
    found: dict[int, list[int]] = {}
    rows = ProgrammeProject.among(list(programme_ids)).order_by("id")
    for programme, project in rows.values_list("programme_id", "project_id"):
        found.setdefault(programme, []).append(project)
    return found


def programmes_by_project(ctx: Context) -> dict[int, tuple[str, ...]]:
    """Names of the visible programmes that each project is in, by name."""
    names = programme_names(ctx)
    found: dict[int, list[str]] = {}
    for programme, projects in projects_by_programme(list(names)).items():
        for project in projects:
            found.setdefault(project, []).append(names[programme])
    return {project: tuple(sorted(those, key=str.casefold)) for project, those in found.items()}


def project_ids_of(ctx: Context, programme_id: int) -> frozenset[int]:
    """The projects of a programme; none where this person may not see it."""
    if programme_id not in programme_names(ctx):
        return frozenset()
    return frozenset(projects_by_programme([programme_id]).get(programme_id, ()))


@query(permission="programme.read", name="programme.show")
def programme(ctx: Context, *, programme: Programme) -> ProgrammeDetail:
    """A programme: its objective, its projects that one may see inside, and the links between their plans."""
    ids = projects_by_programme([programme.pk]).get(programme.pk, [])
    lines = lines_among(ctx, ids)
    owner = names_of([programme.owner_id]) if programme.owner_id is not None else {}
    return ProgrammeDetail(
        programme.pk,
        programme.name,
        programme.objective,
        owner.get(programme.owner_id or 0, ""),
        programme.owner_id,
        tuple(
            ProgrammeProjectRow(line.id, line.key, line.name, line.client, line.manager, line.stage.value)
            for line in lines
        ),
        links_between(ctx, [line.id for line in lines]),
        may_change(ctx, programme),
        programme.version,
    )
