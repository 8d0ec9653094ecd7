"""Reads of the scope statement; rows of change requests are in `reading`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from headway.areas.hours.on_tasks import hours_by_phase, hours_on
from headway.areas.hours.sums import plain
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Charter, ProjectId
from headway.areas.schedule.rows import Leaf, PlanRow, done_percent, rows_by_uid
from headway.areas.scope.effects import digest_of
from headway.areas.scope.models import ItemTask, ScopeItem, ScopeVersion
from headway.areas.scope.policies import sees_money
from headway.areas.scope.types import (
    DeliveringTask,
    ItemKind,
    ItemRow,
    Statement,
    StatementState,
    StatementVersion,
)
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import query
from headway.kernel.schema import to_json

_MOST_ITEMS = 1000
_MOST_VERSIONS = 200
_ZERO = Decimal(0)
_ORDER = {kind: place for place, kind in enumerate(ItemKind)}


@query(permission="scope.read")
def statement(ctx: Context, *, project: ProjectId) -> Statement:
    """What a project delivers and what it does not, with contract hours and fees, progress and hours burned."""
    about = charter(ctx, project=project)
    rows = items_of(ctx, project)
    told = item_rows(ctx, about.id, rows)
    versions = _versions(ctx, project)
    approved = next((row for row in versions if row.state is StatementState.APPROVED), None)
    inside = [row for row in told if row.kind is ItemKind.IN]
    named = {task.name.casefold() for row in inside for task in row.tasks}
    phases = hours_by_phase(ctx, about.id) if named else {}
    fees = [row.fee for row in inside if row.fee is not None and row.currency == about.currency]
    return Statement(
        items=told,
        hours=sum((row.hours for row in inside if row.hours is not None), _ZERO),
        fee=sum(fees, _ZERO) if sees_money(ctx, about.id) else None,
        currency=about.currency,
        burned=sum((row.burned for row in inside if row.burned is not None), _ZERO),
        unnamed=sum((hours for phase, hours in phases.items() if not phase or phase not in named), _ZERO),
        unlinked=sum(1 for row in inside if not row.tasks),
        approved=approved,
        asked=next((row for row in versions if row.state is StatementState.ASKED), None),
        changed=_changed(approved, frozen_items(rows, links_of(rows))) if approved is not None else (),
        charter=charter_lines_missing(about, rows),
    )


@query(permission="scope.read", name="scope.show_item")
def item(ctx: Context, *, item: ScopeItem) -> ItemRow:
    """One line of a scope statement."""
    return item_rows(ctx, item.project_id, [item])[0]


@query(permission="scope.read")
def scope_versions(ctx: Context, *, project: ProjectId) -> tuple[StatementVersion, ...]:
    """The versions of a scope statement that were sent for approval, newest first, each with its items as then."""
    return _versions(ctx, project)


def _versions(ctx: Context, project_id: int) -> tuple[StatementVersion, ...]:
    money = sees_money(ctx, project_id)
    rows = ScopeVersion.visible_to(ctx).filter(project_id=project_id).order_by("-number")
    return tuple(version_row(row, money=money) for row in rows[:_MOST_VERSIONS])


def version_row(row: ScopeVersion, *, money: bool) -> StatementVersion:
    """A version as lists show it; without fees for who may not see money."""
    items = row.items if money else [{**item, "fee": None} for item in row.items]
    return StatementVersion(
        row.pk,
        row.number,
        StatementState(row.state),
        row.note,
        row.asked_by,
        row.created_at,
        row.decided_at,
        row.decided_by,
        row.reason,
        row.digest,
        tuple(items),
        row.version,
    )


# --- for the commands beside this; the caller has passed a door --------------------------------


def items_of(ctx: Context, project_id: int) -> list[ScopeItem]:
    """The items of a visible project, kind by kind, those of one deliverable together."""
    rows = ScopeItem.visible_to(ctx).filter(project_id=project_id).order_by("number")[:_MOST_ITEMS]
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row.deliverable.casefold(), row.number)
    return sorted(rows, key=lambda row: (_ORDER[ItemKind(row.kind)], first[row.deliverable.casefold()], row.number))


def links_of(rows: Collection[ScopeItem]) -> dict[int, list[int]]:
    """The uids of the rows that deliver each item."""
    found: dict[int, list[int]] = {}
    for item_id, uid in ItemTask.among([row.pk for row in rows]).order_by("uid").values_list("item_id", "uid"):
        found.setdefault(item_id, []).append(uid)
    return found


def ref_of_item(item_id: int) -> str:
    """How people quote an item that the caller sees: 'SI-3'."""
    return ScopeItem.unscoped(reason="named by a visible record").get(pk=item_id).ref


def rows_of_items(item_ids: Collection[int]) -> dict[int, tuple[int, list[int]]]:
    """Project and uids of the rows that deliver each of some items, by item; the caller has passed its own door."""
    rows = ScopeItem.unscoped(reason="contract lines that visible records name").filter(pk__in=list(item_ids))
    items = list(rows)
    links = links_of(items)
    return {row.pk: (row.project_id, links.get(row.pk, [])) for row in items}


def item_rows(ctx: Context, project_id: int, rows: Collection[ScopeItem]) -> tuple[ItemRow, ...]:
    """Items of one project as lists show them, in few queries whatever their number."""
    links = links_of(rows)
    planned = rows_by_uid(project_id, {uid for uids in links.values() for uid in uids})
    leaves = {leaf.uid for row in planned.values() for leaf in row.leaves}
    burned = hours_on(ctx, project_id, leaves) if leaves else {}
    phases = hours_by_phase(ctx, project_id) if leaves else {}
    money = sees_money(ctx, project_id)
    return tuple(
        _item_row(row, [planned[uid] for uid in links.get(row.pk, ()) if uid in planned], (burned, phases), money=money)
        for row in rows
    )


def _item_row(
    row: ScopeItem, planned: list[PlanRow], worked: tuple[Mapping[int, Decimal], Mapping[str, Decimal]], *, money: bool
) -> ItemRow:
    leaves: dict[int, Leaf] = {leaf.uid: leaf for one in planned for leaf in one.leaves}
    percent = done_percent(leaves.values())
    return ItemRow(
        id=row.pk,
        number=row.number,
        ref=row.ref,
        kind=ItemKind(row.kind),
        deliverable=row.deliverable,
        text=row.text,
        acceptance=row.acceptance,
        hours=None if row.hours is None else plain(row.hours),
        fee=plain(row.fee) if money and row.fee is not None else None,
        currency=row.currency,
        tasks=tuple(
            DeliveringTask(one.id, one.uid, one.name, one.finish, done_percent(one.leaves) or _ZERO) for one in planned
        ),
        percent=percent,
        burned=_burned(planned, leaves, *worked) if leaves else None,
        version=row.version,
    )


def _burned(
    planned: list[PlanRow], leaves: Collection[int], by_row: Mapping[int, Decimal], by_phase: Mapping[str, Decimal]
) -> Decimal:
    """Hours on the rows, and those that name no row but a phase that is called as one of the named rows."""
    names = {one.name.casefold() for one in planned if one.name}
    return sum((by_row.get(uid, _ZERO) for uid in leaves), sum((by_phase.get(name, _ZERO) for name in names), _ZERO))


def frozen_items(rows: Iterable[ScopeItem], links: Mapping[int, list[int]]) -> list[dict[str, Any]]:
    """The items as a version keeps them."""
    return [
        {
            "ref": row.ref,
            "kind": row.kind,
            "deliverable": row.deliverable,
            "text": row.text,
            "acceptance": row.acceptance,
            "hours": to_json(None if row.hours is None else plain(row.hours)),
            "fee": to_json(None if row.fee is None else plain(row.fee)),
            "currency": row.currency,
            "rows": links.get(row.pk, []),
        }
        for row in rows
    ]


def digest_of_items(items: list[dict[str, Any]]) -> str:
    """SHA-256 of frozen items."""
    return digest_of(items)


def _changed(approved: StatementVersion, now: list[dict[str, Any]]) -> tuple[str, ...]:
    """What differs from the approved version, item by item, in words. Fees a reader may not see differ silently."""
    then = {item["ref"]: item for item in approved.items}
    found = []
    for item in now:
        old = then.pop(item["ref"], None)
        if old is None:
            found.append(f"{item['ref']} '{item['text']}' is new")
            continue
        names = [_WORDS[name] for name in _WORDS if old.get(name) != item[name] and name != "fee"]
        if old.get("fee") is not None and old["fee"] != item["fee"]:
            names.append(_WORDS["fee"])
        if names:
            found.append(f"{item['ref']} '{item['text']}': {', '.join(dict.fromkeys(names))} changed")
    found += [f"{ref} '{item['text']}' is gone" for ref, item in then.items()]
    return tuple(found)


_WORDS = {
    "kind": "kind",
    "deliverable": "deliverable",
    "text": "text",
    "acceptance": "acceptance criteria",
    "hours": "contract hours",
    "fee": "fee",
    "rows": "rows of the plan",
}


def charter_lines_missing(about: Charter, rows: Iterable[ScopeItem]) -> tuple[tuple[ItemKind, str], ...]:
    """Lines of the charter's two lists that no item says."""
    said = {(row.kind, row.text.casefold()) for row in rows}
    lists = ((ItemKind.IN, about.scope_in), (ItemKind.OUT, about.scope_out))
    return tuple((kind, text) for kind, texts in lists for text in texts if (kind.value, text.casefold()) not in said)


def version_shown(ctx: Context, project_id: int, number: int) -> StatementVersion:
    """A version by its number; NotFound without one."""
    row = ScopeVersion.visible_to(ctx).filter(project_id=project_id, number=number).first()
    if row is None:
        raise NotFound("Scope version not found.")
    return version_row(row, money=sees_money(ctx, project_id))


def item_of(ctx: Context, project_id: int, item_id: int) -> ItemRow:
    """A line of this very project; NotFound for any other."""
    row = ScopeItem.visible_to(ctx).filter(project_id=project_id, pk=item_id).first()
    if row is None:
        raise NotFound("Scope item not found.")
    return item_rows(ctx, project_id, [row])[0]
