"""Reminders of missing hours: who gets one when, making it, and who wants none.

At most one a person and week, on the weekday that the house has chosen, of the seven days before; in the person's
working time alone, so not on leave, on holidays or at night: then it waits for their next working time of that week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from headway.areas.comms.commands import queue
from headway.areas.comms.queries import has_gone
from headway.areas.comms.settings import working_times
from headway.areas.hours.missing import below_of, missing_of
from headway.areas.hours.models import HoursRules, Unreminded
from headway.areas.hours.reminder_text import written
from headway.areas.hours.types import Reminders
from headway.areas.hours.weeks import WEEK, monday_of
from headway.areas.people.queries import inside_accounts, names_of
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import my_person_id
from headway.kernel import settings
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.queries import query

_PERSON = "people.Person"
_DAY = timedelta(days=1)


@query(permission="hours.own_reminders", name="hours.reminders")
def reminders(ctx: Context) -> Reminders:
    """Whether I am reminded of missing hours; for administrators also who is not."""
    off = set(Unreminded.visible_to(ctx).values_list("person_id", flat=True))
    names = names_of(off) if ctx.actor.org_role == "administrator" else {}
    return Reminders(my_person_id(ctx) not in off, tuple(sorted(names.items(), key=lambda item: (item[1], item[0]))))


@command(permission="hours.own_reminders", idempotent=True)
def set_reminders(ctx: Context, *, wanted: bool, person: PersonId | None = None) -> Reminders:
    """Choose whether one is reminded of missing hours by mail; for oneself, or by administrators for anyone."""
    who = person if person is not None else my_person_id(ctx)
    if who is None:
        raise Conflict("You are not entered as a person, so nobody reminds you.")
    row = Unreminded.visible_to(ctx).filter(person_id=who).first()
    if wanted and row is not None:
        ctx.record("hours.Unreminded", row.pk, "", str(row), None)
        row.delete()
    elif not wanted and row is None:
        Unreminded.add(ctx, person_id=who)
    return reminders(ctx)


# --- the job ----------------------------------------------------------------------------------


def due(ctx: Context) -> Iterator[int]:
    """The persons who are to be reminded now."""
    rules = HoursRules.visible_to(ctx).first()
    if rules is None or not rules.remind_on:
        return
    off = set(Unreminded.unscoped(reason="who wants no reminders").values_list("person_id", flat=True))
    people = {person: address for person, _, address, _ in inside_accounts() if address and person not in off}
    times = working_times(people, ctx.now.date())
    on: dict[date, set[int]] = {}
    for person in people:
        mine = times[person]
        weekday = _reminder_day(mine.day_of(ctx.now), rules.remind_on)
        if weekday is not None and mine.is_working(ctx.now):
            on.setdefault(weekday, set()).add(person)
    for day, those in on.items():
        gone = has_gone(*(_key(person, day) for person in those))
        waiting = {person for person in those if _key(person, day) not in gone}
        yield from sorted(missing_of(waiting, day - WEEK, day - _DAY, rules.remind_below))


def _reminder_day(today: date, weekday: int) -> date | None:
    """This week's day of reminders, once it has come."""
    day = monday_of(today) + timedelta(days=weekday - 1)
    return day if today >= day else None


def _key(person: int, day: date) -> str:
    return f"system:missing-hours:{person}:{day}"


@command(permission="hours.remind", internal="the job that reminds people of missing hours", idempotent=True)
def send_reminder(ctx: Context, *, person: PersonId) -> int | None:
    """Put a reminder into the outbox; gives its id, None where nothing is missing any more, or one has gone."""
    account = next((one for one in inside_accounts() if one[0] == person), None)
    rules = HoursRules.visible_to(ctx).first()
    if account is None or rules is None or not account[2]:
        return None
    today = working_times([person], ctx.now.date())[person].day_of(ctx.now)
    day = _reminder_day(today, rules.remind_on) if rules.remind_on else None
    if day is None or has_gone(_key(person, day)):
        return None
    found = missing_of([person], day - WEEK, day - _DAY, below_of(ctx)).get(person)
    if found is None:
        return None
    base = settings.read().base_url.rstrip("/")
    first = found.empty_days[0] if found.empty_days else found.first
    text = written(
        found,
        name=account[1],
        week=f"{base}/hours/?week={monday_of(first)}",
        leave=f"{base}/leave/",
        choose=f"{base}/settings/hours/",
    )
    mail = queue(
        ctx,
        event_key=_key(person, day),
        subject_kind=_PERSON,
        subject_id=person,
        project_id=None,
        approval_id=None,
        recipients=(account[2],),
        subject=text.subject,
        body=text.body,
    )
    return mail.id
