"""Reads of the Desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps

from headway.areas.desk.brief import brief
from headway.areas.desk.models import Delegation, Snooze
from headway.areas.desk.providers import Reader, matters, project_source, reader
from headway.areas.desk.types import (
    Act,
    Colleague,
    DayAhead,
    DelegationRow,
    Desk,
    DeskLine,
    DoneRow,
    Group,
    GroupLines,
    Matter,
    ProjectLabel,
    SnoozeRow,
)
from headway.areas.people.queries import actor_of
from headway.engine.ranking import factors
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.models import AuditEntry, FieldChange
from headway.kernel.queries import query
from headway.kernel.registry import use_case

_MOST_DONE = 30
_DAYS_AHEAD = 7
GONE = "This line is not on your Desk any more; it was done, or it changed."


@query(permission="desk.read")
def show(ctx: Context) -> Desk:
    """One's Desk now: the brief, the lines by group and weight, what is set aside, done today, the week ahead."""
    me = reader(ctx)
    own = {matter.key: matter for matter in matters(ctx)}
    given, got = _delegations(ctx, me)
    handed = _handed_on(ctx, got)
    labels = project_source().labels(ctx, _projects([*own.values(), *handed.values()]))
    aside = {row.key: row for row in Snooze.visible_to(ctx).filter(until__gt=ctx.now)}
    standing: list[DeskLine] = []
    snoozed: list[DeskLine] = []
    for matter in {**handed, **own}.values():
        line = _line(ctx, matter, labels)
        if matter.key in given:
            line = _given(line, given[matter.key], me)
        elif matter.key in got:
            line = _got(line, got[matter.key])
        rest = aside.get(matter.key)
        if rest is None:
            standing.append(line)
        elif line.points > rest.points:
            standing.append(replace(line, came_back=f"Back early: it weighs {line.points}, was {rest.points}."))
        else:
            snoozed.append(replace(line, snoozed_until=rest.until))
    standing.sort(key=_place)
    return Desk(
        day=me.day,
        brief=brief(standing, day=me.day),
        groups=tuple(
            GroupLines(group, group.title, tuple(line for line in standing if line.group is group)) for group in Group
        ),
        snoozed=tuple(sorted(snoozed, key=lambda line: (line.snoozed_until, line.key))),
        done=_done(ctx, me),
        ahead=week_ahead(standing, me.day),
    )


@query(permission="desk.read")
def line(ctx: Context, *, key: str) -> DeskLine:
    """One line of one's Desk, set aside or not."""
    matter = matter_of(ctx, key)
    if matter is None:
        raise NotFound(GONE)
    me = reader(ctx)
    found = _line(ctx, matter, project_source().labels(ctx, _projects([matter])))
    given, got = _delegations(ctx, me)
    if key in given:
        return _given(found, given[key], me)
    return _got(found, got[key]) if key in got else found


@query(permission="desk.delegate")
def colleagues(ctx: Context, *, key: str) -> tuple[Colleague, ...]:
    """To whom a line of one's Desk can be handed: those who work on its project, by name."""
    matter = matter_of(ctx, key)
    if matter is None or matter.project_id is None or matter.personal:
        return ()
    me = reader(ctx).person_id
    return tuple(who for who in project_source().colleagues(matter.project_id) if who.person_id != me)


# --- for this area, and the pages -------------------------------------------------------------


def today(ctx: Context) -> date:
    """The day it is where the organisation is."""
    return reader(ctx).day


def week_ahead(lines: Iterable[DeskLine], day: date) -> tuple[DayAhead, ...]:
    """What is due on this day and the days after it, each record once."""
    days = [day + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)]
    keys: dict[date, list[str]] = {on: [] for on in days}
    due = [(line.due, line) for line in lines if line.due is not None and line.due in keys]
    by_itself = {(on, line.kind, line.record_id) for on, line in due if line.group is Group.AHEAD}
    for on, line in due:  # a record that stands there by itself is not named again by the line of its project
        if line.group is Group.AHEAD or (on, line.kind, line.record_id) not in by_itself:
            keys[on].append(line.key)
    return tuple(DayAhead(on, tuple(keys[on])) for on in days)


def matter_of(ctx: Context, key: str) -> Matter | None:
    """The reader's matter of that key, own or handed to them; None when it does not stand any more."""
    family = key.partition(":")[0]
    found = next((matter for matter in matters(ctx, {family}) if matter.key == key), None)
    if found is not None:
        return found
    _, got = _delegations(ctx, reader(ctx))
    return _handed_on(ctx, {key: got[key]}).get(key) if key in got else None


def delegation_row(row: Delegation) -> DelegationRow:
    """A delegation as both sides see it."""
    return DelegationRow(
        row.pk,
        row.key,
        row.what,
        row.note,
        row.project_id,
        row.from_person.name,
        row.to_person.name,
        row.created_at,
        row.ended_at,
        row.version,
    )


def snooze_row(row: Snooze) -> SnoozeRow:
    """A line set aside."""
    return SnoozeRow(row.key, row.until)


def _delegations(ctx: Context, me: Reader) -> tuple[dict[str, Delegation], dict[str, Delegation]]:
    """The open ones that this person gave, and those that they got, by key."""
    rows = Delegation.visible_to(ctx).filter(ended_at=None).select_related("from_person", "to_person").order_by("id")
    given = {row.key: row for row in rows if row.from_person_id == me.person_id}
    got = {row.key: row for row in rows if row.to_person_id == me.person_id}
    return given, got


def _handed_on(ctx: Context, got: Mapping[str, Delegation]) -> dict[str, Matter]:
    """The matters behind what one got, as they stand for those who gave them, if one may see their records."""
    by_giver: dict[int, set[str]] = {}
    for row in got.values():
        if row.from_person.user_id is not None:
            by_giver.setdefault(row.from_person.user_id, set()).add(row.key)
    found: dict[str, Matter] = {}
    for user_id, keys in by_giver.items():
        actor = actor_of(user_id)
        if actor is None:
            continue
        theirs = matters(ctx.but(actor=actor), {key.partition(":")[0] for key in keys})
        found.update((matter.key, matter) for matter in theirs if matter.key in keys)
    return {key: matter for key, matter in found.items() if _sees(ctx, matter)}


def _sees(ctx: Context, matter: Matter) -> bool:
    model: Any = apps.get_model(matter.kind)
    return bool(model.visible_to(ctx).filter(pk=matter.record_id).exists())


def _projects(found: Iterable[Matter]) -> set[int]:
    return {matter.project_id for matter in found if matter.project_id is not None}


def _line(ctx: Context, matter: Matter, labels: Mapping[int, ProjectLabel]) -> DeskLine:
    label = labels.get(matter.project_id or 0)
    why = factors(matter.stake)
    return DeskLine(
        key=matter.key,
        group=matter.group,
        what=matter.what,
        project_id=matter.project_id,
        project_key=label.key if label else "",
        project=label.name if label else "",
        kind=matter.kind,
        record_id=matter.record_id,
        reason=matter.reason,
        consequence=matter.consequence,
        due=matter.due,
        owner=matter.owner,
        people=matter.people,
        points=sum(factor.points for factor in why),
        factors=why,
        act=_offered(ctx, matter),
        evidence=matter.evidence,
        personal=matter.personal,
    )


def _offered(ctx: Context, matter: Matter) -> Act:
    """The matter's act, or opening its record where this person's role does not allow the act."""
    act = matter.act
    if act.use_case and not may(ctx, use_case(act.use_case).permission, project_id=matter.project_id):
        return Act("Open")
    return act


def _given(line: DeskLine, row: Delegation, me: Reader) -> DeskLine:
    since = row.created_at.astimezone(me.zone).date()
    return replace(
        line,
        group=Group.WAITING,
        people=(row.to_person.name,),
        reason=f"with {row.to_person.name} since {me.says(since)}; {line.reason}",
        delegation_id=row.pk,
        delegated_to=row.to_person.name,
        note=row.note,
    )


def _got(line: DeskLine, row: Delegation) -> DeskLine:
    """What a colleague handed over stands among what people want of one, whoever else might do it."""
    giver = row.from_person.name
    return replace(line, group=Group.ASKED, people=(giver,), delegation_id=row.pk, delegated_by=giver, note=row.note)


def _place(line: DeskLine) -> tuple[int, date, str]:
    return (-line.points, line.due or date.max, line.key)


def _done(ctx: Context, me: Reader) -> tuple[DoneRow, ...]:
    """What this person changed today, newest first; arranging one's Desk and inbox is not counted as work."""
    morning = datetime.combine(me.day, time(), tzinfo=me.zone)
    rows = AuditEntry.objects.filter(actor_id=ctx.actor.user_id, at__gte=morning, at__lte=ctx.now)
    rows = rows.exclude(use_case__startswith="desk.").exclude(use_case__startswith="security.")
    rows = rows.exclude(use_case__in=("comms.mark_read", "comms.archive", "comms.archive_all"))
    entries = list(rows.order_by("-at", "-id")[:_MOST_DONE])
    labels = project_source().labels(ctx, {entry.scope for entry in entries if entry.scope})
    changed: dict[int, tuple[str, int]] = {}
    for change in FieldChange.objects.filter(entry__in=entries).order_by("entry_id", "-id"):
        changed[change.entry_id] = (change.kind, change.record_id)
    done = []
    for entry in entries:
        label = labels.get(entry.scope)
        if entry.scope and label is None:
            continue  # a project that this person has left
        kind, record_id = changed.get(entry.pk, ("", 0))
        done.append(
            DoneRow(
                entry.at,
                entry.use_case,
                _summary(entry.use_case),
                kind,
                record_id,
                label.id if label else None,
                label.name if label else "",
            )
        )
    return tuple(done)


def _summary(name: str) -> str:
    """What a use case does, in its first sentence; the name of one that this version no longer has."""
    try:
        return use_case(name).summary.rstrip(".")
    except KeyError:
        return name
