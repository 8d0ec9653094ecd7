"""What documents put on a Desk: drafts and approved versions that did not go out, the week's report, worse health."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber

from headway.areas.deliverables.models import DocumentVersion, Snapshot
from headway.areas.deliverables.policies import COSTS
from headway.areas.deliverables.types import OF_A_MONTH, Colour, VersionState
from headway.areas.desk.providers import Reader, reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import days_text, stake
from headway.areas.projects.attention import kept_lines, led_projects, provider_of_led
from headway.areas.projects.types import Stage
from headway.engine.ranking import working_days
from headway.kernel.among import among_ids
from headway.kernel.context import Context

_STATUS = "status"
_FORGOTTEN_DAYS = 45  # a draft older than this was let go, not forgotten
_THURSDAY = 3
_WORST_FIRST = (Colour.RED, Colour.AMBER, Colour.GREY, Colour.GREEN)
_WORDS = {
    VersionState.DRAFT.value: ("drafted and not sent for approval", "Send for approval"),
    VersionState.REJECTED.value: ("refused, and not prepared anew", "See why"),
    VersionState.APPROVED.value: ("approved and not sent", "Send"),
}


@provider_of_led("deliverables.versions", families=("version",))
def unsent(ctx: Context) -> Iterable[Matter]:
    """The newest version of each document of led projects, where it stands still."""
    return kept_lines(ctx, "deliverables.versions", _unsent)


def _unsent(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    newest = (
        DocumentVersion.unscoped(reason="the newest of visible documents")
        .filter(document=OuterRef("document"))
        .order_by("-number")
    )
    rows = DocumentVersion.unscoped(reason="documents of projects that the actor leads").filter(
        among_ids("document__project_id", project_ids),
        state__in=list(_WORDS),
        created_at__gte=ctx.now - timedelta(days=_FORGOTTEN_DAYS),
        pk=Subquery(newest.values("pk")[:1]),
    )
    # A month's pack waits for nobody: of it only what was asked about, and nothing about costs, for not all see that.
    rows = rows.exclude(document__audience=COSTS).exclude(
        document__kind__startswith=OF_A_MONTH, state=VersionState.DRAFT.value
    )
    columns = ("pk", "document__project_id", "document__title", "number", "state", "created_at", "made_by")
    for row in rows.order_by("-id").values_list(*columns, named=True):
        made = row.created_at.astimezone(me.zone).date()
        stood = working_days(made, me.day)
        said, act = _WORDS[row.state]
        approved = row.state == VersionState.APPROVED.value
        yield Matter(
            key=f"version:{row.pk}",
            group=Group.SEND,
            what=f"{row.document__title}, version {row.number}",
            project_id=row.document__project_id,
            kind=DocumentVersion._meta.label,
            record_id=row.pk,
            reason=said + (f" for {days_text(stood)}" if stood > 0 else " since today"),
            consequence="its receivers have not got it" if approved else "its figures grow old",
            stake=stake(made, me, severity=Decimal("0.3") if approved else Decimal("0.2")),
            act=Act(act),
            due=made,
            owner=row.made_by,
            evidence=(Evidence("Stands still", days_text(max(stood, 0)), f"since it was prepared, {me.says(made)}"),),
        )


@provider_of_led("deliverables.week", families=("report",))
def not_prepared(ctx: Context) -> Iterable[Matter]:
    """From Thursday on, led projects in delivery without a status report of this week."""
    return kept_lines(ctx, "deliverables.week", _not_prepared)


def _not_prepared(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    if me.day.weekday() < _THURSDAY:
        return
    monday = me.day - timedelta(days=me.day.weekday())
    led = led_projects(ctx)
    delivering = [pk for pk in project_ids if led[pk].stage is Stage.DELIVERY]
    rows = DocumentVersion.unscoped(reason="documents of projects that the actor leads").filter(
        among_ids("document__project_id", project_ids), document__kind=_STATUS
    )
    dated = rows.order_by().values("document__project_id").annotate(Max("snapshot__as_of"))
    last: dict[int, date] = dict(dated.values_list("document__project_id", "snapshot__as_of__max"))
    for project_id in delivering:
        newest = last.get(project_id)
        if newest is None or newest < monday:
            yield _missing(project_id, newest, monday, me)


def _missing(project_id: int, newest: date | None, monday: date, me: Reader) -> Matter:
    friday = monday + timedelta(days=4)
    return Matter(
        key=f"report:{project_id}",
        group=Group.SEND,
        what="Status report of this week",
        project_id=project_id,
        kind="projects.Project",
        record_id=project_id,
        reason=f"not prepared yet; the last one is of {me.says(newest)}" if newest else "none was prepared yet",
        consequence="nobody outside sees this week's state",
        stake=stake(friday, me, severity=Decimal("0.3")),
        act=Act("Prepare the report", "reports.prepare", {"project": project_id, "kind": _STATUS}),
        due=friday,
        evidence=(Evidence("Newest report", str(newest or "none"), "status date of the newest status report"),),
    )


@provider_of_led("deliverables.health", families=("health",))
def worse(ctx: Context) -> Iterable[Matter]:
    """Led projects whose newest status is worse than the one before it, within the last two weeks."""
    return kept_lines(ctx, "deliverables.health", _worse)


def _worse(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    rows = (
        Snapshot.unscoped(reason="snapshots of projects that the actor leads")
        .filter(among_ids("project_id", project_ids), kind=_STATUS, overall__isnull=False)
        .annotate(place=Window(RowNumber(), partition_by=[F("project_id"), F("audience")], order_by=F("number").desc()))
        .filter(place__lte=2)
    )
    pairs: dict[tuple[int, str], list[Any]] = {}
    columns = ("project_id", "audience", "pk", "number", "overall", "as_of")
    for row in rows.order_by("project_id", "audience", "-number").values_list(*columns, named=True):
        pairs.setdefault((row.project_id, row.audience), []).append(row)
    told: dict[int, tuple[Any, Any]] = {}
    for (project_id, _), found in pairs.items():
        new, old = found[0], found[-1]
        if new.as_of >= me.day - timedelta(days=14) and _is_worse(new.overall, old.overall):
            told.setdefault(project_id, (new, old))
    why = _why([new.pk for new, _ in told.values()])
    for project_id, (new, old) in told.items():
        yield Matter(
            key=f"health:{project_id}",
            group=Group.LATE,
            what=f"Health went from {old.overall} to {new.overall}",
            project_id=project_id,
            kind="projects.Project",
            record_id=project_id,
            reason=f"status of {me.says(new.as_of)} against that of {me.says(old.as_of)}",
            consequence="its readers will ask what is done about it",
            stake=stake(None, me, severity=Decimal("0.8") if new.overall == Colour.RED.value else Decimal("0.5")),
            act=Act("See why"),
            evidence=(
                Evidence("Health", new.overall, f"snapshot {new.number} against snapshot {old.number}"),
                *why.get(new.pk, ()),
            ),
        )


def _why(snapshots: list[int]) -> dict[int, tuple[Evidence, ...]]:
    """The dimensions that gave each of those snapshots its colour, with their reasons; one query."""
    rows = Snapshot.unscoped(reason="snapshots of projects that the actor leads").filter(among_ids("pk", snapshots))
    found = rows.values_list("pk", "data", "overall")
    return {pk: tuple(_dimensions(data, overall or "")) for pk, data, overall in found}


def _dimensions(data: Any, overall: str) -> Iterable[Evidence]:
    """What a frozen status says of the dimensions with its overall colour; nothing where it has another shape."""
    try:
        found = [(one["dimension"], one["colour"], one["reason"]) for one in json.loads(data["snapshot"])["rag"]]
    except (KeyError, TypeError, ValueError):
        return
    for dimension, colour, reason in found:
        if str(colour).casefold() == overall:
            yield Evidence(dimension, overall, reason)


def _is_worse(new: str, old: str) -> bool:
    ranks = {colour.value: place for place, colour in enumerate(_WORST_FIRST)}
    return new in ranks and old in ranks and ranks[new] < ranks[old]
