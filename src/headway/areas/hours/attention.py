"""What hours put on a Desk: one's own to hand in or to enter, those of others to approve or missing, months, leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from django.db.models import Count, Max, Min

from headway.areas.desk.providers import Reader, provider, reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import names_text, stake
from headway.areas.hours.closing import MonthState, month_states
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.sums import decimal, exact, plain
from headway.areas.hours.types import EntryStatus
from headway.areas.hours.weeks import away_all_week, logged_of
from headway.areas.people.away import leave_to_decide
from headway.areas.people.queries import names_of
from headway.areas.projects.attention import kept_of_led, led_projects, provider_of_led
from headway.areas.projects.keeping import kept_while_still
from headway.areas.schedule.my_tasks import planned_for
from headway.engine.ranking import working_days
from headway.kernel.access import may
from headway.kernel.among import among_ids
from headway.kernel.context import Context

_PERSON = "people.Person"
_WEEKS_BACK = 8
_CLOSE_FROM = 3  # working day of a month from which on the month before should be closed


@provider("hours.own_week", families=("timesheet", "no-hours"))
def own_week(ctx: Context) -> Iterable[Matter]:
    """Drafts of weeks that are over, to hand in; and last week where one had tasks and entered nothing."""
    me = reader(ctx)
    monday = me.day - timedelta(days=me.day.weekday())
    last = monday - timedelta(weeks=1)
    if not me.person_id or not may(ctx, "hours.log"):
        return
    rows = TimeEntry.visible_to(ctx).filter(
        person_id=me.person_id, removed_at=None, day__gte=monday - timedelta(weeks=_WEEKS_BACK), day__lt=monday
    )
    weeks: dict[date, list[tuple[Decimal, int]]] = {}
    entered: set[date] = set()
    for day, status, project_id, hours in rows.values_list("day", "status", "project_id", "hours"):
        week = day - timedelta(days=day.weekday())
        entered.add(week)
        if status == EntryStatus.DRAFT.value:
            weeks.setdefault(week, []).append((hours, project_id))
    for week, drafts in sorted(weeks.items()):
        yield _to_submit(week, drafts, ctx)
    if last not in entered and planned_for(ctx, me.person_id, last, last + timedelta(days=4)):
        friday = last + timedelta(days=4)
        yield Matter(
            key=f"no-hours:{last.isoformat()}",
            group=Group.LATE,
            what=f"Your hours of {_week_text(last, me)}",
            project_id=None,
            kind=_PERSON,
            record_id=me.person_id,
            reason="none entered, and tasks were planned for you",
            consequence="burn and cost of your projects are not complete",
            stake=stake(friday, me, severity=Decimal("0.2")),
            act=Act("Enter hours", page="my_week", page_day=last),
            due=friday,
            personal=True,
            evidence=(Evidence("Entries", "0", f"time entries of yours in {_week_text(last, me)}"),),
        )


def _to_submit(week: date, drafts: list[tuple[Decimal, int]], ctx: Context) -> Matter:
    me = reader(ctx)
    hours = plain(sum((hours for hours, _ in drafts), Decimal(0)))
    projects = len({project_id for _, project_id in drafts})
    friday = week + timedelta(days=4)
    where = "1 project" if projects == 1 else f"{projects} projects"
    return Matter(
        key=f"timesheet:{week.isoformat()}",
        group=Group.LATE,
        what=f"Your hours of {_week_text(week, me)}",
        project_id=None,
        kind=_PERSON,
        record_id=me.person_id,
        reason=f"{hours:f} h on {where} entered and not handed in",
        consequence="nobody can approve or bill them yet",
        stake=stake(friday, me, severity=Decimal("0.2")),
        act=Act("Hand in", "hours.submit_week", {"day": week.isoformat()}),
        due=friday,
        personal=True,
        evidence=(Evidence("Drafts", f"{len(drafts)} entries, {hours:f} h", f"your drafts of {_week_text(week, me)}"),),
    )


@provider_of_led("hours.to_approve", families=("hours",))
def to_approve(ctx: Context) -> Iterable[Matter]:
    """Hours handed in on led projects, a line a project, for who may approve them."""
    me = reader(ctx)
    handed_in = kept_of_led(ctx, "hours.to_approve", _handed_in)
    found = {
        project_id: [sheet for sheet in sheets if sheet.person_id != me.person_id]
        for project_id, sheets in handed_in.items()
        if may(ctx, "hours.approve", project_id=project_id)
    }
    names = names_of({sheet.person_id for sheets in found.values() for sheet in sheets})
    for project_id, sheets in found.items():
        if not sheets:
            continue
        who, hours = sorted(names[sheet.person_id] for sheet in sheets), decimal(sum(sheet.worked for sheet in sheets))
        first, last = min(sheet.first for sheet in sheets), max(sheet.last for sheet in sheets)
        yield Matter(
            key=f"hours:{project_id}",
            group=Group.ASKED,
            what=f"Hours of {names_text(who)}",
            project_id=project_id,
            kind="projects.Project",
            record_id=project_id,
            reason=f"{plain(hours):f} h handed in, {me.says(first)} to {me.says(last)}",
            consequence="they cannot be billed before you approve them",
            stake=stake(last, me, severity=Decimal("0.2"), people=len(who)),
            act=Act("Look and approve", page="waiting_hours"),
            due=last,
            people=tuple(who),
            evidence=(
                Evidence("Hours", f"{plain(hours):f}", "sum of the entries handed in on this project, without yours"),
                Evidence(
                    "Entries", str(sum(sheet.entries for sheet in sheets)), "entries handed in and not yet approved"
                ),
            ),
        )


@provider_of_led("hours.missing", families=("missing",))
def missing(ctx: Context) -> Iterable[Matter]:
    """Who logged on led projects in the weeks before, and nothing at all last week: one line for all of them."""
    me = reader(ctx)
    last = me.day - timedelta(days=me.day.weekday(), weeks=1)
    led = led_projects(ctx)
    logged = kept_while_still(ctx, "hours.team", led, partial(logged_of, last), beside=lambda _: last)
    before = {who for one in logged.values() for who, earliest in one.earliest.items() if earliest < last}
    gone = before - {who for one in logged.values() for who, *_ in one.days} - {me.person_id}
    if gone:
        elsewhere = TimeEntry.unscoped(reason="whether people logged anything at all").filter(
            among_ids("person_id", gone), removed_at=None, day__gte=last, day__lt=last + timedelta(weeks=1)
        )
        gone -= set(elsewhere.order_by().values_list("person_id", flat=True).distinct())
        gone -= away_all_week(gone, last)
    if not gone:
        return
    who = sorted(names_of(gone).values())
    friday = last + timedelta(days=4)
    yield Matter(
        key=f"missing:{last.isoformat()}",
        group=Group.WAITING,
        what=f"Hours of {names_text(who)}",
        project_id=None,
        kind=_PERSON,
        record_id=me.person_id,
        reason=f"nothing logged in {_week_text(last, me)}",
        consequence="burn and cost of your projects are not complete",
        stake=stake(friday, me, severity=Decimal("0.2"), people=len(who)),
        act=Act("Look who is missing", page="missing_hours"),
        due=friday,
        people=tuple(who),
        evidence=(
            Evidence(
                "People", str(len(who)), "logged on a project you lead in the four weeks before, and nothing that week"
            ),
        ),
    )


@provider_of_led("hours.month_end", families=("month",))
def month_end(ctx: Context) -> Iterable[Matter]:
    """From the third working day on, last month on led projects where it had hours and is not closed: one line."""
    me = reader(ctx)
    last = me.day.replace(day=1) - timedelta(days=1)
    if working_days(last, me.day) < _CLOSE_FROM:
        return
    first = last.replace(day=1)
    found = kept_of_led(ctx, "hours.month_end", partial(_not_closed, first))
    states = {pk: one for pk, (one,) in found.items() if may(ctx, "hours.close", project_id=pk)}
    if not states:
        return
    led = led_projects(ctx)
    names, waits = sorted(led[pk].name for pk in states), sum(1 for state in states.values() if not state.ready)
    due = _workday_after(last, _CLOSE_FROM)
    hours = plain(sum((state.hours for state in states.values()), Decimal(0)))
    yield Matter(
        key=f"month:{first.isoformat()}",
        group=Group.DECIDE,
        what=f"{first:%B %Y} is not closed on {names_text(names)}",
        project_id=None,
        kind=_PERSON,
        record_id=me.person_id,
        reason=f"over since {me.says(last)}; "
        + (f"{waits} of {len(states)} with hours not approved" if waits else "all hours approved"),
        consequence="its hours and figures can still change under what was reported",
        stake=stake(due, me, severity=Decimal("0.2")),
        act=Act(
            "Check and close",
            page="month_close",
            page_day=first,
            page_keys=tuple(led[pk].key for pk in states) if len(states) == 1 else (),
        ),
        due=due,
        evidence=(
            Evidence("Projects", str(len(states)), "projects you may close, with hours in the month and no closing"),
            Evidence("Hours", f"{hours:f}", "hours of the month on these projects, in every state"),
        ),
    )


def _not_closed(first: date, _ctx: Context, project_ids: list[int]) -> dict[int, list[MonthState]]:
    states = month_states(project_ids, first)
    return {pk: [state] for pk, state in states.items() if state.entries and state.closed is None}


def _workday_after(day: date, count: int) -> date:
    """The count-th day from Monday to Friday after a day."""
    found = day
    while working_days(day, found) < count:
        found += timedelta(days=1)
    return found


@provider("hours.leave", families=("leave",))
def leave(ctx: Context) -> Iterable[Matter]:
    """Leave that people ask for, for those who decide on it."""
    me = reader(ctx)
    for row in leave_to_decide(ctx):
        days = me.says(row.first) if row.first == row.last else f"{me.says(row.first)} to {me.says(row.last)}"
        yield Matter(
            key=f"leave:{row.id}",
            group=Group.ASKED,
            what=f"Leave of {row.person}",
            project_id=None,
            kind="people.Leave",
            record_id=row.id,
            reason=f"asked for {days}, {plain(row.days):f} working {'day' if row.days == 1 else 'days'}",
            consequence="until then plans and missing hours count these days as worked",
            stake=stake(row.first, me, severity=Decimal("0.3"), people=1),
            act=Act("Look and decide", page="leave"),
            due=row.first,
            people=(row.person,),
            evidence=(Evidence("Working days", f"{plain(row.days):f}", "Monday to Friday, less the house's holidays"),),
        )


class _Sheet(NamedTuple):
    """What one person has handed in on a project; `worked` in millionths of an hour."""

    person_id: int
    worked: int
    first: date
    last: date
    entries: int


def _handed_in(ctx: Context, project_ids: list[int]) -> dict[int, list[_Sheet]]:
    rows = TimeEntry.unscoped(reason="hours of projects that the actor leads").filter(
        among_ids("project_id", project_ids), status=EntryStatus.SUBMITTED.value, removed_at=None
    )
    summed = rows.values("project_id", "person_id").order_by("project_id", "person_id")
    summed = summed.annotate(worked=exact("hours"), first=Min("day"), last=Max("day"), entries=Count("id"))
    found: dict[int, list[_Sheet]] = {}
    for project_id, *sheet in summed.values_list("project_id", "person_id", "worked", "first", "last", "entries"):
        found.setdefault(project_id, []).append(_Sheet(*sheet))
    return found


def _week_text(monday: date, me: Reader) -> str:
    return f"the week of {me.says(monday)}"
