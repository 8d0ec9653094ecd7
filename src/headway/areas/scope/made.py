"""Which rows of a plan contract lines and approved changes name, for figures of the areas above.

Not here: what was burned on them, which the scope statement tells (`queries`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from headway.areas.hours.sums import plain
from headway.areas.schedule.rows import Leaf, done_percent, rows_by_uid, tasks_of
from headway.areas.scope.models import ChangeRequest, ScopeVersion
from headway.areas.scope.queries import items_of, links_of
from headway.areas.scope.types import ItemKind, StatementState
from headway.kernel.context import Context


@dataclass(frozen=True, slots=True)
class ContractLine:
    """A line of the scope statement, in or out of scope. uids: the rows that it names, with the tasks below them."""

    id: int
    ref: str
    kind: ItemKind
    deliverable: str
    text: str
    hours: Decimal | None
    uids: frozenset[int]
    percent: Decimal | None


def contract_lines(ctx: Context, project_id: int) -> tuple[tuple[ContractLine, ...], bool]:
    """The lines of a visible project's scope statement, and whether a version of it is approved; five queries."""
    rows = [row for row in items_of(ctx, project_id) if row.kind in (ItemKind.IN.value, ItemKind.OUT.value)]
    links = links_of(rows)
    planned = rows_by_uid(project_id, {uid for uids in links.values() for uid in uids})
    found = []
    for row in rows:
        named = [planned[uid] for uid in links.get(row.pk, ()) if uid in planned]
        leaves: dict[int, Leaf] = {leaf.uid: leaf for one in named for leaf in one.leaves}
        found.append(
            ContractLine(
                row.pk,
                row.ref,
                ItemKind(row.kind),
                row.deliverable,
                row.text,
                None if row.hours is None else plain(row.hours),
                frozenset({*leaves, *(one.uid for one in named)}),
                done_percent(leaves.values()),
            )
        )
    versions = ScopeVersion.visible_to(ctx).filter(project_id=project_id, state=StatementState.APPROVED.value)
    return tuple(found), versions.exists()


@dataclass(frozen=True, slots=True)
class MadeByChange:
    """Rows of the plan that a carried-out change brought, and how much of them is done."""

    number: int
    ref: str
    title: str
    uids: tuple[int, ...]
    percent: Decimal | None


def made_by_changes(project_id: int) -> tuple[MadeByChange, ...]:
    """The changes of a visible project that brought rows, by number; two queries. The caller has passed its door."""
    rows = ChangeRequest.unscoped(reason="hours of a visible project by what they were for").filter(
        project_id=project_id, carried_out_at__isnull=False
    )
    made = [row for row in rows.only("number", "title", "made").order_by("number") if row.made]
    tasks = tasks_of({project_id: {uid for row in made for uid in row.made}}) if made else {}
    return tuple(
        MadeByChange(
            row.number,
            row.ref,
            row.title,
            tuple(row.made),
            done_percent([tasks[project_id, uid] for uid in row.made if (project_id, uid) in tasks]),
        )
        for row in made
    )
