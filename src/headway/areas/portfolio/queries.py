"""Reads of the portfolio: standings, choices to filter by, the timeline, saved views.

Lists are read whole by a few columns and ordered here: a house has hundreds of projects, not millions, and groups,
sums and the reader's own rights go over all of them. Only a page's rows are read in full.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from headway.areas.portfolio import health
from headway.areas.portfolio.computing import changes_of, compute, figures_from, is_current
from headway.areas.portfolio.models import DefaultView, SavedView, StandingWeek, StoredStanding
from headway.areas.portfolio.people import over_in
from headway.areas.portfolio.types import (
    Choice,
    Choices,
    Direction,
    Figures,
    Group,
    GroupCount,
    Health,
    MilestoneMark,
    OverCapacity,
    Portfolio,
    Sharing,
    Sort,
    Standing,
    Timeline,
    TimelineRow,
    ViewRow,
    Week,
    Whole,
)
from headway.areas.programme.queries import programme_names, programmes_by_project, project_ids_of
from headway.areas.projects.lines import ProjectLine, lines_among, lines_inside
from headway.areas.projects.types import ProjectId, Stage
from headway.areas.schedule.outlook import PlanSpan, plan_spans
from headway.areas.schedule.simulation_keeping import chance_lines
from headway.kernel.access import may
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.paging import MAX_LIMIT
from headway.kernel.queries import query

MOST_AT_ONCE = 3  # first standings computed while somebody waits; the rest are done by a job within a minute
_MOST_ANEW = 1  # of those that are out of date, which can be shown as they were
WEEKS = 12
LONGEST_TIMELINE = 1_500
_LATE = 1
_SEVERITY = {Health.GREEN: 0, Health.GREY: 1, Health.AMBER: 2, Health.RED: 3}
_FAR = date.max
_UNKNOWN = (None, None, None)


@dataclass(frozen=True, slots=True)
class Row:
    """A project as lists order it.

    health  None = not computed yet. complete, spent  percent.
    hours   spent, budget, forecast; None for those who may not see budgets, as `spent`.
    chance  of its deadline, in percent; None where it is not ordered by.
    over    who of its people has more work than time, over all projects. loads  its own, when just computed.
    """

    line: ProjectLine
    sees_budget: bool
    stored: int | None
    current: bool
    computed_at: datetime | None
    fresh: Figures | None
    health: Health | None
    milestone_on: date | None
    finish: date | None
    late_days: int | None
    complete: Decimal | None
    spent: Decimal | None
    hours: tuple[Decimal | None, Decimal | None, Decimal | None]
    risks: int
    decisions: int
    over: tuple[OverCapacity, ...]
    loads: list[dict[str, Any]] | None
    report_on: date | None
    programmes: tuple[str, ...] = ()
    chance: Decimal | None = None


@query(permission="portfolio.read", name="portfolio.standings")
def standings(
    ctx: Context,
    *,
    search: str = "",
    stage: Stage | None = None,
    client: int | None = None,
    manager: int | None = None,
    health: Health | None = None,
    programme: int | None = None,
    sort: Sort = Sort.NAME,
    descending: bool = False,
    group: Group = Group.NONE,
    cursor: str = "",
    limit: int = 50,
) -> Portfolio:
    """How all projects stand that one works on: health with its reason, dates, burn, people, risks; a page at a time.

    client, manager, programme  ids. health  the overall colour. descending  turns the order round.
    """
    rows = chosen(ctx, search=search, stage=stage, client=client, manager=manager, health=health, programme=programme)
    rows = _with_people(ctx, rows)
    if group is Group.PROGRAMME:
        rows = _with_programmes(ctx, rows)
    if sort is Sort.CHANCE:
        rows = _with_chances(rows)
    rows.sort(key=_ORDERS[sort], reverse=descending)
    rows.sort(key=_GROUPS[group])
    shown, following = page_of(rows, cursor, limit)
    return Portfolio(in_full(ctx, shown), following, _whole(rows), _counts(rows, group))


@query(permission="portfolio.read", name="portfolio.timeline")
def timeline(
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
    cursor: str = "",
    limit: int = 50,
) -> Timeline:
    """Milestones over the projects one works on, between two days: each with its baseline day and how late it is.

    client, manager, programme  ids. health  the overall colour.
    """
    if last < first or (last - first).days > LONGEST_TIMELINE:
        raise Invalid(
            f"{first} to {last} is no span of at most {LONGEST_TIMELINE} days.",
            fields=[FieldError("last", f"at most {LONGEST_TIMELINE} days after the first")],
        )
    rows = chosen(ctx, search=search, stage=stage, client=client, manager=manager, health=health, programme=programme)
    rows.sort(key=_ORDERS[Sort.NAME])
    shown, following = page_of(rows, cursor, limit)
    spans = plan_spans(ctx, [row.line.id for row in shown], first=first, last=last)
    return Timeline(first, last, tuple(_timeline_row(row, spans.get(row.line.id)) for row in shown), following)


def _timeline_row(row: Row, span: PlanSpan | None) -> TimelineRow:
    line = row.line
    marks = span.marks if span is not None else ()
    return TimelineRow(
        project_id=line.id,
        key=line.key,
        name=line.name,
        client=line.client,
        health=row.health or Health.NOT_MEASURED,
        start=span.start if span is not None else line.starts_on,
        finish=span.finish if span is not None else line.ends_on,
        milestones=tuple(
            MilestoneMark(mark.name, mark.on, mark.baseline, mark.late_days, mark.reached, mark.key) for mark in marks
        ),
    )


def chosen(
    ctx: Context,
    *,
    search: str = "",
    stage: Stage | None = None,
    client: int | None = None,
    manager: int | None = None,
    health: Health | None = None,
    programme: int | None = None,
) -> list[Row]:
    """The projects that some filters leave, as lists order them; for this area's own reads."""
    lines = [line for line in lines_inside(ctx, client=client) if _fits(line, search, stage, manager)]
    if programme is not None:
        among = project_ids_of(ctx, programme)
        lines = [line for line in lines if line.id in among]
    rows = _rows(ctx, lines)
    return rows if health is None else [row for row in rows if row.health is health]


def page_of(rows: list[Row], cursor: str, limit: int) -> tuple[list[Row], str]:
    """One page and the cursor of the next: the project it ends with."""
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(
            f"limit is {limit}; give 1 to {MAX_LIMIT}.", fields=[FieldError("limit", f"give 1 to {MAX_LIMIT}")]
        )
    start = _place(rows, cursor)
    shown = rows[start : start + limit]
    return shown, str(shown[-1].line.id) if start + limit < len(rows) else ""


def _fits(line: ProjectLine, search: str, stage: Stage | None, manager: int | None) -> bool:
    text = search.strip().casefold()
    found = not text or any(text in part.casefold() for part in (line.key, line.name, line.client, line.manager))
    in_stage = line.stage is stage if stage is not None else bool(text) or line.stage is not Stage.CLOSED
    return found and in_stage and (manager is None or line.manager_id == manager)


def _place(rows: Sequence[Row], cursor: str) -> int:
    """Where the next page begins: after the project that the last one ended with."""
    if not cursor:
        return 0
    for place, row in enumerate(rows):
        if str(row.line.id) == cursor:
            return place + 1
    raise Invalid(
        "The list has changed since its last page. Start again without a cursor.",
        fields=[FieldError("cursor", "not valid")],
    )


_LIGHT = (
    "pk",
    "project_id",
    "computed_at",
    "as_of",
    "changes",
    "health",
    "health_open",
    "milestone_on",
    "finish",
    "late_days",
    "percent_complete",
    "percent_spent",
    "spent",
    "budget",
    "forecast",
    "high_risks",
    "decisions_overdue",
    "last_report_on",
    "good_until",
)


def _rows(ctx: Context, lines: Sequence[ProjectLine]) -> list[Row]:
    """Projects with the columns that lists need; what is out of date is computed anew, as far as one can wait."""
    ids = [line.id for line in lines]
    kept = {
        row["project_id"]: row
        for row in StoredStanding.visible_to(ctx).filter(among_ids("project_id", ids)).values(*_LIGHT)
    }
    changes = changes_of(ids)
    found: list[Row] = []
    waiting: list[int] = []
    for line in lines:
        row = _row(ctx, line, kept.get(line.id), changes.get(line.id, 0))
        if not row.current:
            waiting.append(len(found))
        found.append(row)
    first = [place for place in waiting if found[place].stored is None]
    anew = [place for place in waiting if found[place].stored is not None]
    for place in first[:MOST_AT_ONCE] or anew[:_MOST_ANEW]:
        found[place] = _computed_now(ctx, found[place])
    return found


def _with_people(ctx: Context, rows: list[Row]) -> list[Row]:
    """The rows with who is over capacity, whatever project it comes from."""
    fresh = {row.line.id: row.loads for row in rows if row.loads is not None and row.line.stage is not Stage.CLOSED}
    over = over_in(ctx, [row.line.id for row in rows], fresh=fresh)
    return [replace(row, over=over.get(row.line.id, ())) for row in rows]


def _with_programmes(ctx: Context, rows: list[Row]) -> list[Row]:
    """The rows with the names of the programmes that each is in."""
    names = programmes_by_project(ctx)
    return [replace(row, programmes=names.get(row.line.id, ())) for row in rows]


def _row(ctx: Context, line: ProjectLine, kept: Mapping[str, Any] | None, changes: int) -> Row:
    sees = may(ctx, "budgets.read", project_id=line.id)
    if kept is None:
        return Row(line, sees, None, False, None, None, None, *(None,) * 5, _UNKNOWN, 0, 0, (), None, None)
    return Row(
        line=line,
        sees_budget=sees,
        stored=kept["pk"],
        current=is_current(
            line,
            kept=kept["changes"],
            as_of=kept["as_of"],
            good_until=kept["good_until"],
            changes=changes,
            now=ctx.now,
        ),
        computed_at=kept["computed_at"],
        fresh=None,
        health=Health(kept["health"] if sees else kept["health_open"]),
        milestone_on=kept["milestone_on"],
        finish=kept["finish"],
        late_days=kept["late_days"],
        complete=kept["percent_complete"],
        spent=kept["percent_spent"] if sees else None,
        hours=(kept["spent"], kept["budget"], kept["forecast"]) if sees else _UNKNOWN,
        risks=kept["high_risks"],
        decisions=kept["decisions_overdue"],
        over=(),
        loads=None,
        report_on=kept["last_report_on"],
    )


def _computed_now(ctx: Context, row: Row) -> Row:
    past = StoredStanding.visible_to(ctx).filter(project_id=row.line.id).values_list("past", flat=True).first()
    made = compute(ctx, row.line, past=past or {})
    figures = made.figures if row.sees_budget else without_money(made.figures)
    return replace(
        row,
        current=True,
        computed_at=made.at,
        fresh=figures,
        health=figures.health,
        milestone_on=figures.next_milestone.on if figures.next_milestone is not None else None,
        finish=figures.finish,
        late_days=figures.late_days,
        complete=figures.percent_complete,
        spent=figures.percent_spent,
        hours=(figures.spent, figures.budget, figures.forecast),
        risks=figures.high_risks,
        decisions=figures.decisions_overdue,
        loads=made.loads,
        report_on=figures.last_report_on,
    )


def without_money(figures: Figures) -> Figures:
    """The figures for somebody who may not see budgets: no burn, no cost and scope, and health judged without them."""
    readings = health.without_budgets(figures.readings, figures.kpis_for_all)
    return replace(
        figures,
        readings=readings,
        health=health.worst(readings),
        because=health.because(readings),
        percent_spent=None,
        spent=None,
        budget=None,
        forecast=None,
        forecast_method="",
    )


# --- order and groups -----------------------------------------------------------------------


def _with_chances(rows: Iterable[Row]) -> list[Row]:
    """The rows with the chance of each deadline; one query."""
    known = list(rows)
    chances = chance_lines([row.line.id for row in known])
    return [replace(row, chance=line.chance) if (line := chances.get(row.line.id)) else row for row in known]


_Key = Callable[[Row], Any]


def _named(row: Row) -> str:
    return row.line.name.casefold()


def by_name(row: Row) -> tuple[str, int]:
    """The order by name."""
    return (_named(row), row.line.id)


def _least_first(value: Callable[[Row], Any], last: Any) -> _Key:
    """Ascending; projects without a value come after all others."""
    return lambda row: (value(row) is None, last if value(row) is None else value(row), _named(row), row.line.id)


def _most_first(value: Callable[[Row], int | Decimal | None]) -> _Key:
    """The largest first; projects without a value come after all others."""
    return lambda row: (value(row) is None, -(value(row) or 0), _named(row), row.line.id)


def _worst_first(row: Row) -> Any:
    return (-_SEVERITY.get(row.health or Health.NOT_MEASURED, -1), -(row.late_days or 0), _named(row), row.line.id)


_ORDERS: Mapping[Sort, _Key] = {
    Sort.NAME: by_name,
    Sort.HEALTH: _worst_first,
    Sort.CLIENT: lambda row: (not row.line.client, row.line.client.casefold(), _named(row), row.line.id),
    Sort.MANAGER: lambda row: (not row.line.manager, row.line.manager.casefold(), _named(row), row.line.id),
    Sort.STAGE: lambda row: (tuple(Stage).index(row.line.stage), _named(row), row.line.id),
    Sort.MILESTONE: _least_first(lambda row: row.milestone_on, _FAR),
    Sort.FINISH: _least_first(lambda row: row.finish, _FAR),
    Sort.SLIP: _most_first(lambda row: row.late_days),
    Sort.COMPLETE: _most_first(lambda row: row.complete),
    Sort.SPENT: _most_first(lambda row: row.spent),
    Sort.RISKS: _most_first(lambda row: row.risks),
    Sort.DECISIONS: _most_first(lambda row: row.decisions),
    Sort.PEOPLE: _most_first(lambda row: len(row.over)),
    Sort.REPORT: _least_first(lambda row: row.report_on, _FAR),
    Sort.CHANCE: _least_first(lambda row: row.chance, Decimal(0)),
}

_GROUPS: Mapping[Group, _Key] = {
    Group.NONE: lambda row: 0,
    Group.CLIENT: lambda row: (not row.line.client, row.line.client.casefold(), row.line.client_id or 0),
    Group.MANAGER: lambda row: (not row.line.manager, row.line.manager.casefold(), row.line.manager_id or 0),
    Group.HEALTH: lambda row: -_SEVERITY.get(row.health or Health.NOT_MEASURED, -1),
    Group.PROGRAMME: lambda row: (not row.programmes, [name.casefold() for name in row.programmes]),
}


def group_name(
    group: Group, *, client: str, manager: str, health: Health | None, programmes: Sequence[str] = ()
) -> str:
    """What a group is called, for the project that such words belong to; one in two programmes stands under both."""
    if group is Group.PROGRAMME:
        return " and ".join(programmes) or "Without a programme"
    if group is Group.CLIENT:
        return client or "Without a client"
    if group is Group.MANAGER:
        return manager or "Without a manager"
    return (health or Health.NOT_MEASURED).word


def _counts(rows: Iterable[Row], group: Group) -> tuple[GroupCount, ...]:
    if group is Group.NONE:
        return ()
    counted: dict[str, int] = {}
    for row in rows:
        line = row.line
        name = group_name(group, client=line.client, manager=line.manager, health=row.health, programmes=row.programmes)
        counted[name] = counted.get(name, 0) + 1
    return tuple(GroupCount(name, count) for name, count in counted.items())


def _whole(rows: Sequence[Row]) -> Whole:
    def having(colour: Health) -> int:
        return sum(1 for row in rows if row.health is colour)

    known = [row for row in rows if row.computed_at is not None]
    running = [row for row in known if row.finish is not None and row.line.stage is not Stage.CLOSED]
    ahead = [row for row in running if row.finish is not None and (row.complete is None or row.complete < 100)]
    nearest = min(ahead, key=lambda row: (row.finish, row.line.name), default=None)
    return Whole(
        projects=len(rows),
        red=having(Health.RED),
        amber=having(Health.AMBER),
        green=having(Health.GREEN),
        grey=having(Health.GREY),
        not_measured=having(Health.NOT_MEASURED),
        waiting=len(rows) - len(known),
        late=sum(1 for row in running if (row.late_days or 0) >= _LATE),
        next_finish=nearest.finish if nearest is not None else None,
        next_finish_of=nearest.line.name if nearest is not None else "",
        decisions_overdue=sum(row.decisions for row in rows),
        over_capacity=sum(1 for row in rows if row.over),
        people_over=len({one.person_id or (row.line.id, one.name) for row in rows for one in row.over}),
        as_of=min((row.computed_at for row in known if row.computed_at is not None), default=None),
    )


# --- rows in full ---------------------------------------------------------------------------


def in_full(ctx: Context, rows: Sequence[Row]) -> tuple[Standing, ...]:
    """Those projects with everything their standings hold; two queries."""
    stored = [row.stored for row in rows if row.stored is not None]
    kept = StoredStanding.visible_to(ctx).filter(among_ids("pk", stored)).values_list("pk", "figures")
    content = {pk: figures_from(record) for pk, record in kept}
    rows = _readable(ctx, rows, content)
    weeks = _weeks(stored, {row.stored: row.sees_budget for row in rows if row.stored is not None})
    return tuple(_standing(row, content, weeks.get(row.stored or 0, ())) for row in rows)


def _readable(ctx: Context, rows: Sequence[Row], content: Mapping[int, Figures | None]) -> list[Row]:
    """The rows; figures of an older shape are computed anew, as far as one can wait, the rest by the next job."""
    found: list[Row] = []
    left = _MOST_ANEW
    for row in rows:
        if row.fresh is not None or row.stored is None or content.get(row.stored) is not None:
            found.append(row)
        elif left:
            left -= 1
            found.append(_computed_now(ctx, row))
        else:
            found.append(replace(row, current=False))
    return found


def _standing(row: Row, content: Mapping[int, Figures | None], weeks: tuple[Week, ...]) -> Standing:
    figures = row.fresh
    if figures is None and row.stored is not None:
        figures = content.get(row.stored)
        if figures is not None and not row.sees_budget:
            figures = without_money(figures)
    if figures is not None:
        figures = replace(figures, over_capacity=row.over)
    line = row.line
    return Standing(
        project_id=line.id,
        key=line.key,
        name=line.name,
        client_id=line.client_id,
        client=line.client,
        manager_id=line.manager_id,
        manager=line.manager,
        stage=line.stage,
        figures=figures,
        computed_at=row.computed_at,
        current=row.current,
        sees_budget=row.sees_budget,
        trend=_trend(figures, weeks),
        weeks=weeks,
        programmes=row.programmes,
    )


def _weeks(stored: Collection[int], sees: Mapping[int, bool]) -> dict[int, tuple[Week, ...]]:
    """The last weeks of some standings, oldest first; one query."""
    found: dict[int, list[Week]] = {}
    columns = ("standing_id", "first", "health", "health_open", "late_days", "percent_complete", "percent_spent")
    rows = StandingWeek.among(list(stored)).order_by("standing_id", "-first").values_list(*columns)
    for pk, first, colour, colour_open, late, complete, spent in rows:
        weeks = found.setdefault(pk, [])
        if len(weeks) < WEEKS:
            shown = Health(colour if sees[pk] else colour_open)
            weeks.append(Week(first, shown, late, complete, spent if sees[pk] else None))
    return {pk: tuple(reversed(weeks)) for pk, weeks in found.items()}


def _trend(figures: Figures | None, weeks: Sequence[Week]) -> Direction:
    """Against the newest week before this one: by colour, and where that is the same, by the slip."""
    if figures is None:
        return Direction.UNKNOWN
    before = next((week for week in reversed(weeks) if (figures.as_of - week.first).days >= 7), None)
    if before is None or before.health not in _SEVERITY or figures.health not in _SEVERITY:
        return Direction.UNKNOWN
    then = (_SEVERITY[before.health], before.late_days or 0)
    now = (_SEVERITY[figures.health], figures.late_days or 0)
    if then == now:
        return Direction.SAME
    return Direction.WORSE if now > then else Direction.BETTER


@query(permission="portfolio.read_project", name="portfolio.standing")
def standing(ctx: Context, *, project: ProjectId) -> Standing:
    """How one project stands, with every change that is recorded."""
    line = lines_among(ctx, (project,))
    if not line:
        raise NotFound("Project not found.")
    return in_full(ctx, _with_people(ctx, _rows(ctx, line)))[0]


@query(permission="portfolio.read", name="portfolio.choices")
def choices(ctx: Context) -> Choices:
    """The clients, managers and programmes of the projects in one's portfolio, to filter it by."""
    lines = lines_inside(ctx)
    clients = {line.client_id: line.client for line in lines if line.client_id is not None}
    managers = {line.manager_id: line.manager for line in lines if line.manager_id is not None}
    return Choices(_choices(clients), _choices(managers), _choices(programme_names(ctx)))


def _choices(names: Mapping[int, str]) -> tuple[Choice, ...]:
    return tuple(Choice(pk, name) for pk, name in sorted(names.items(), key=lambda item: (item[1].casefold(), item[0])))


def client_rows(ctx: Context, *, client: int | None = None) -> list[Row]:
    """The projects of all clients, or of one, the worst first, as lists order them; for this area's own reads."""
    rows = _rows(ctx, [line for line in lines_inside(ctx, client=client) if line.client_id is not None])
    rows = _with_people(ctx, rows)
    rows.sort(key=_worst_first)
    return rows


def worst_of(colours: Iterable[Health]) -> Health:
    """The worst of some colours; NOT_MEASURED when nothing is measured."""
    return max(
        (colour for colour in colours if colour in _SEVERITY), key=_SEVERITY.__getitem__, default=Health.NOT_MEASURED
    )


# --- saved views ----------------------------------------------------------------------------


@query(permission="portfolio.read", name="portfolio.views")
def views(ctx: Context) -> tuple[ViewRow, ...]:
    """The views of the portfolio that one may open: one's own first, then those that others share, by name."""
    rows = SavedView.visible_to(ctx).select_related("team").order_by("name", "id")[:500]
    own = default_of(ctx)
    found = [view_row(ctx, row, default=row.pk == own) for row in rows]
    return tuple(sorted(found, key=lambda row: not row.mine))


def default_of(ctx: Context) -> int | None:
    """The view that opens for this person."""
    rows = DefaultView.unscoped(reason="one's own default").filter(user=ctx.actor.user_id or 0)
    return rows.values_list("view_id", flat=True).first()


def view_row(ctx: Context, row: SavedView, *, default: bool) -> ViewRow:
    """A view as its reader sees it."""
    return ViewRow(
        row.pk,
        row.name,
        row.settings,
        Sharing(row.sharing),
        row.team.name if row.team else "",
        row.owner,
        row.owner_user == ctx.actor.user_id,
        default,
        row.version,
    )
