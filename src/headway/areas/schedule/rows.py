"""Some rows of a plan by their uids, for records of other areas that name rows. The caller has passed its own door."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from headway.areas.schedule.history import UNDO
from headway.areas.schedule.models import Plan, PlanEdit, PlanTask
from headway.kernel.among import among_ids

_TENTHS = KeyTextTransform("tenths", KeyTransform("amount", KeyTransform("duration", "definition")))
_COLUMNS = ("pk", "uid", "name", "level", "summary", "finish", "percent_complete", "tenths")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A task without tasks below it: how much of its duration is done."""

    uid: int
    percent_complete: Decimal
    minutes: Decimal


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row that is in the plan now, with the tasks that it stands for: itself, or all those below a summary.

    level  in the outline, 1 at the top. leaves: in outline order.
    """

    id: int
    uid: int
    name: str
    finish: datetime | None
    leaves: tuple[Leaf, ...]
    level: int = 1


def rows_by_uid(project_id: int, uids: Collection[int]) -> dict[int, PlanRow]:
    """Those of some rows that are in the plan, by uid in outline order; one query, two where one is a summary."""
    if not uids:
        return {}
    found = list(_rows(project_id).filter(among_ids("uid", uids)).values_list(*_COLUMNS, named=True))
    summaries = {row.uid for row in found if row.summary}
    below = _below(project_id, summaries) if summaries else {}
    return {
        row.uid: PlanRow(
            row.pk, row.uid, row.name, row.finish, tuple(below.get(row.uid, ())) or (_leaf(row),), row.level
        )
        for row in found
    }


def _rows(project_id: int) -> QuerySet[Any]:
    rows = PlanTask.unscoped(reason="rows that a visible record names").filter(
        plan__project_id=project_id, removed_at=None
    )
    return rows.annotate(tenths=_TENTHS).order_by("position", "id")


def _below(project_id: int, summaries: Collection[int]) -> dict[int, list[Leaf]]:
    """The tasks below each summary, read from the outline."""
    found: dict[int, list[Leaf]] = {}
    above: list[tuple[int, int]] = []  # level and uid of the wanted summaries over the present row
    for row in _rows(project_id).values_list(*_COLUMNS, named=True):
        while above and above[-1][0] >= row.level:
            above.pop()
        if row.summary:
            if row.uid in summaries:
                above.append((row.level, row.uid))
            continue
        for _, uid in above:
            found.setdefault(uid, []).append(_leaf(row))
    return found


def _leaf(row: Any) -> Leaf:
    return Leaf(row.uid, row.percent_complete, Decimal(row.tenths or 0) / 10)


def done_percent(leaves: Collection[Leaf]) -> Decimal | None:
    """Percent complete by duration; the mean where none takes time; None for no task."""
    if not leaves:
        return None
    whole = sum((leaf.minutes for leaf in leaves), Decimal(0))
    if whole:
        return sum((leaf.minutes * leaf.percent_complete for leaf in leaves), Decimal(0)) / whole
    return sum((leaf.percent_complete for leaf in leaves), Decimal(0)) / len(leaves)


def tasks_of(wanted: Mapping[int, Collection[int]]) -> dict[tuple[int, int], Leaf]:
    """Rows of several plans that are tasks and in their plan, by project and uid; one query. `wanted`: by project."""
    rows = PlanTask.unscoped(reason="rows that visible records name").filter(
        among_ids("plan__project_id", wanted),
        among_ids("uid", {uid for uids in wanted.values() for uid in uids}),
        removed_at=None,
        summary=False,
    )
    columns = rows.annotate(tenths=_TENTHS).values_list("plan__project_id", "uid", "percent_complete", "tenths")
    return {
        (project, uid): Leaf(uid, percent, Decimal(tenths or 0) / 10)
        for project, uid, percent, tenths in columns
        if uid in wanted.get(project, ())
    }


@dataclass(frozen=True, slots=True)
class PlanMark:
    """A plan's version and finish as they are now."""

    version: int
    finish: datetime | None


def marks_of(project_ids: Collection[int]) -> dict[int, PlanMark]:
    """Version and finish of the plans of some projects; one query."""
    rows = Plan.unscoped(reason="plans of visible projects").filter(among_ids("project_id", project_ids))
    return {
        project: PlanMark(version, finish)
        for project, version, finish in rows.values_list("project_id", "version", "finish")
    }


def undone_changes(ids: Collection[int]) -> set[int]:
    """Which of some changes of plans are taken back now; one query."""
    rows = PlanEdit.unscoped(reason="changes that visible records made").filter(among_ids("pk", ids), undone=True)
    return set(rows.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class TakenBack:
    """That a change of a plan is undone now: by whom and when."""

    by: str
    at: datetime


def taken_back(ids: Collection[int]) -> dict[int, TakenBack]:
    """Those of some changes of plans that are undone now, by their numbers; one query."""
    rows = PlanEdit.unscoped(reason="changes that visible records made").filter(
        among_ids("of_id", ids), kind=UNDO, of__undone=True
    )
    newest = rows.order_by("pk").values_list("of_id", "made_by_name", "created_at")
    return {pk: TakenBack(by, at) for pk, by, at in newest if pk is not None}


@dataclass(frozen=True, slots=True)
class Slack:
    """How far a task may slip before the finish moves, in tenths of a working minute."""

    name: str
    tenths: int
    critical: bool


def slacks_of(project_id: int) -> dict[int, Slack]:
    """The slack of every open task of a plan, by uid; one query of columns."""
    rows = PlanTask.unscoped(reason="of a visible plan").filter(
        plan__project_id=project_id, removed_at=None, summary=False, active=True, percent_complete__lt=100
    )
    columns = rows.values_list("uid", "name", "total_slack", "critical")
    return {uid: Slack(name, slack.tenths, critical) for uid, name, slack, critical in columns if slack is not None}


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A row as people name it: by its number in the plan."""

    id: int
    uid: int
    number: int
    name: str
    milestone: bool


def numbered_rows(project_id: int, *, most: int | None = None) -> tuple[NumberedRow, ...]:
    """The rows of a plan in outline order, at most so many; one query."""
    rows = PlanTask.unscoped(reason="rows of a visible plan").filter(plan__project_id=project_id, removed_at=None)
    columns = rows.order_by("position", "id").values_list("pk", "uid", "definition__id", "name", "milestone")
    return tuple(NumberedRow(*row) for row in (columns if most is None else columns[:most]))
