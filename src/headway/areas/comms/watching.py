"""Following a record, muting one or a whole project; and whom a notice therefore reaches.

A record's own setting goes before its project's; what turns to a person directly reaches them whatever they muted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from django.apps import apps

from headway.areas.comms.holders import Holder, holder_of
from headway.areas.comms.models import NoticeSettings, Watch
from headway.areas.comms.types import DIRECT, NoticeReason, ProjectRef, Telling, Watches, Watching, WatchRow
from headway.areas.desk.providers import project_source
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.paging import page
from headway.kernel.queries import query
from headway.kernel.schema import Name
from headway.kernel.search import title_of

PROJECT = "projects.Project"


@command(permission="comms.watch", idempotent=True)
def follow(ctx: Context, *, project: ProjectRef, about: Name, record: int) -> WatchRow:
    """Follow a record: one is told what is said about it, in a muted project too.

    about  task, risk, issue or decision. record  its id.
    """
    return _watch(ctx, holder_of(ctx, project_id=project, about=about, record=record), Watching.FOLLOWED)


@command(permission="comms.watch", idempotent=True)
def mute(ctx: Context, *, project: ProjectRef, about: Name, record: int) -> WatchRow:
    """Mute a record: be told no more of it, but where somebody turns to oneself: a mention, a question, an approval.

    about  task, risk, issue or decision. record  its id.
    """
    return _watch(ctx, holder_of(ctx, project_id=project, about=about, record=record), Watching.MUTED)


@command(permission="comms.watch", idempotent=True)
def unwatch(ctx: Context, *, project: ProjectRef, about: Name, record: int) -> None:
    """Stop following and muting a record.

    about  task, risk, issue or decision. record  its id.
    """
    _unwatch(ctx, holder_of(ctx, project_id=project, about=about, record=record))


@command(permission="comms.watch", idempotent=True)
def mute_project(ctx: Context, *, project: ProjectRef) -> WatchRow:
    """Mute a project: be told no more of it, but of records one follows, and where somebody turns to oneself."""
    return _watch(ctx, _whole(ctx, project), Watching.MUTED)


@command(permission="comms.watch", idempotent=True)
def unmute_project(ctx: Context, *, project: ProjectRef) -> None:
    """Unmute a project: be told of it again."""
    _unwatch(ctx, _whole(ctx, project))


def _whole(ctx: Context, project_id: int) -> Holder:
    label = project_source().labels(ctx, [project_id])[project_id]
    return Holder(PROJECT, project_id, project_id, label.name)


def _watch(ctx: Context, held: Holder, how: Watching) -> WatchRow:
    me = ctx.actor.person_id
    if me is None:
        raise Conflict("You are not entered as a person, so nobody is told of anything.")
    row = Watch.visible_to(ctx).filter(about_kind=held.kind, about_id=held.id).first()
    if row is None:
        Watch.add(ctx, person_id=me, about_kind=held.kind, about_id=held.id, project_id=held.project_id, how=how.value)
    else:
        row.change(ctx, how=how.value)
    return WatchRow(held.kind, held.id, held.project_id, held.title, how)


def _unwatch(ctx: Context, held: Holder) -> None:
    for row in Watch.visible_to(ctx).filter(about_kind=held.kind, about_id=held.id):
        ctx.record(Watch._meta.label, row.pk, "how", row.how, None)
        row.delete()


@query(permission="comms.watch")
def watched(ctx: Context, *, cursor: str = "", limit: int = 50) -> Watches:
    """What one follows and has muted, as far as one may still see it, a page at a time."""
    rows, following = page(Watch.visible_to(ctx), order=("how", "-id"), cursor=cursor, limit=limit)
    titles = _titles(ctx, rows)
    found = (
        WatchRow(row.about_kind, row.about_id, row.project_id, titles[place], Watching(row.how))
        for row in rows
        if (place := (row.about_kind, row.about_id)) in titles
    )
    return Watches(tuple(found), following)


def _titles(ctx: Context, rows: Iterable[Watch]) -> dict[tuple[str, int], str]:
    """What people call the records of these rows that the actor may see; one query a kind."""
    by_kind: dict[str, set[int]] = {}
    for row in rows:
        by_kind.setdefault(row.about_kind, set()).add(row.about_id)
    found: dict[tuple[str, int], str] = {}
    for kind, ids in by_kind.items():
        if kind == PROJECT:
            found |= {(kind, pk): label.name for pk, label in project_source().labels(ctx, ids).items()}
        else:
            seen = apps.get_model(kind).visible_to(ctx).filter(pk__in=ids)
            found |= {(kind, row.pk): title_of(row) for row in seen}
    return found


# --- for what tells; the caller stands inside a command ----------------------------------------


def how_watched(ctx: Context, kind: str, record: int) -> Watching | None:
    """Whether this person follows or has muted a record; None = neither."""
    how = Watch.visible_to(ctx).filter(about_kind=kind, about_id=record).values_list("how", flat=True).first()
    return Watching(how) if how else None


def followers_of(kind: str, record: int) -> list[int]:
    """Persons who follow a record."""
    rows = Watch.unscoped(reason="who is told of a record").filter(about_kind=kind, about_id=record)
    return list(rows.filter(how=Watching.FOLLOWED.value).order_by("person_id").values_list("person_id", flat=True))


def not_muted(
    reason: NoticeReason, persons: Collection[int], project_id: int | None, tellings: Collection[Telling]
) -> Callable[[int, str, int], bool]:
    """Whether a person hears of a record, asked by (person, kind, id); two queries, however many there are."""
    if reason in DIRECT:
        return lambda person, kind, record: True
    chosen = NoticeSettings.unscoped(reason="who is told").filter(among_ids("person_id", persons))
    silent = {person for person, reasons in chosen.values_list("person_id", "silent") if reason.value in reasons}
    records = {item.about_id for item in tellings} | {project_id or 0}
    rows = Watch.unscoped(reason="who is told").filter(
        among_ids("person_id", persons), among_ids("about_id", sorted(records))
    )
    how = {
        (person, kind, record): said
        for person, kind, record, said in rows.values_list("person_id", "about_kind", "about_id", "how")
    }

    def heard(person: int, kind: str, record: int) -> bool:
        said = how.get((person, kind, record)) or how.get((person, PROJECT, project_id or 0))
        return person not in silent and said != Watching.MUTED.value

    return heard
