"""Changes of the scope statement: its items, the versions that are sent for approval.

Whoever changes items that are in or out of scope changes the charter's two lists with them (decision 0114).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subject
from headway.areas.approvals.types import ApprovalRow, ApprovalState
from headway.areas.people.types import PersonId
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.queries import place_of
from headway.areas.schedule.types import TaskId
from headway.areas.scope.models import ItemTask, ScopeItem, ScopeVersion
from headway.areas.scope.policies import sees_money
from headway.areas.scope.queries import (
    charter_lines_missing,
    digest_of_items,
    frozen_items,
    item_rows,
    items_of,
    links_of,
    version_row,
)
from headway.areas.scope.types import Amount, Hours, ItemKind, ItemRow, StatementState, StatementVersion
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.money import payable
from headway.kernel.schema import Currency, Label, Name, ShortText, Text

VERSION = "scope.ScopeVersion"
_MOST_ROWS = 200
_CAN_BE_EMPTIED = ("hours", "fee")


@command(permission="scope.edit")
def add_item(
    ctx: Context,
    *,
    project: ProjectId,
    kind: ItemKind,
    text: Name,
    deliverable: Label = "",
    acceptance: Text = "",
    hours: Hours | None = None,
    fee: Amount | None = None,
    currency: Currency | None = None,
    tasks: tuple[TaskId, ...] = (),
) -> ItemRow:
    """Add a line to the scope statement: in or out of scope, an assumption or a constraint.

    deliverable  what it belongs to; lines of one deliverable stand together.
    acceptance   by what the client tells that it is done.
    hours, fee   as contracted, of what is in scope.
    tasks        rows of the plan that deliver it; a summary stands for all below it.
    """
    _only_in_scope_has_a_price(kind, hours, fee)
    _may_say_fee(ctx, project, fee)
    own = "" if fee is None else currency or charter(ctx, project=project).currency
    payable(fee, own, field="fee")
    with _charter_follows(ctx, project):
        row = ScopeItem.add(
            ctx,
            project_id=project,
            number=next_number(f"scope.item.{project}"),
            kind=kind.value,
            text=text,
            deliverable=deliverable,
            acceptance=acceptance,
            hours=hours,
            fee=fee,
            currency=own,
        )
        _link(ctx, row, tasks)
    return item_rows(ctx, project, [row])[0]


@command(permission="scope.edit", changes="item")
def edit_item(
    ctx: Context,
    *,
    item: ScopeItem,
    kind: ItemKind | None = None,
    text: Name | None = None,
    deliverable: Label | None = None,
    acceptance: Text | None = None,
    hours: Hours | None = None,
    fee: Amount | None = None,
    currency: Currency | None = None,
    tasks: tuple[TaskId, ...] | None = None,
    clear: tuple[ShortText, ...] = (),
) -> ItemRow:
    """Change a line of the scope statement; what is not given stays. A list of tasks replaces the old one.

    clear  what to empty: hours or fee.
    """
    wrong = [name for name in clear if name not in _CAN_BE_EMPTIED]
    if wrong:
        raise Invalid(f"'{wrong[0]}' cannot be emptied; hours and fee can.", fields=[FieldError("clear", wrong[0])])
    values: dict[str, Any] = {
        "kind": kind.value if kind is not None else None,
        "text": text,
        "deliverable": deliverable,
        "acceptance": acceptance,
        "hours": hours,
        "fee": fee,
        "currency": currency,
    }
    values = {name: value for name, value in values.items() if value is not None}
    values |= dict.fromkeys(clear)
    if fee is not None or "fee" in clear:
        _may_say_fee(ctx, item.project_id, fee or Decimal(0))
        values["currency"] = "" if fee is None else currency or item.currency or _currency(ctx, item)
        payable(fee, values["currency"], field="fee")
    left = {name: values.get(name, getattr(item, name)) for name in ("kind", "hours", "fee")}
    _only_in_scope_has_a_price(ItemKind(left["kind"]), left["hours"], left["fee"])
    with _charter_follows(ctx, item.project_id):
        item.change(ctx, **values)
        if tasks is not None:
            _link(ctx, item, tasks)
    return item_rows(ctx, item.project_id, [item])[0]


def _currency(ctx: Context, item: ScopeItem) -> str:
    return str(charter(ctx, project=item.project_id).currency)


@command(permission="scope.edit", destructive=True, idempotent=True, changes="item")
def remove_item(ctx: Context, *, item: ScopeItem) -> None:
    """Take a line out of the scope statement; approved versions keep it."""
    if item.removed_at is None:
        with _charter_follows(ctx, item.project_id):
            item.change(ctx, removed_at=ctx.now)


@command(permission="scope.edit", idempotent=True)
def take_charter(ctx: Context, *, project: ProjectId) -> tuple[ItemRow, ...]:
    """Bring lines of the charter's two lists into the scope statement that it does not say yet."""
    missing = charter_lines_missing(charter(ctx, project=project), items_of(ctx, project))
    made = [
        ScopeItem.add(
            ctx, project_id=project, number=next_number(f"scope.item.{project}"), kind=kind.value, text=text[:255]
        )
        for kind, text in missing
    ]
    return item_rows(ctx, project, made)


def _only_in_scope_has_a_price(kind: ItemKind, hours: Decimal | None, fee: Decimal | None) -> None:
    if kind is ItemKind.IN:
        return
    for name, value in (("hours", hours), ("fee", fee)):
        if value is not None:
            raise Invalid(
                f"Only what is in scope has contract hours or a fee; this is '{kind.word.lower()}'. Leave both empty.",
                fields=[FieldError(name, "leave it empty", value=str(value))],
            )


def _may_say_fee(ctx: Context, project_id: int, fee: Decimal | None) -> None:
    if fee is not None and not (ctx.actor.is_system or sees_money(ctx, project_id)):
        raise Denied("Fees are set by those who may see budgets.")


def _link(ctx: Context, item: ScopeItem, tasks: tuple[int, ...]) -> None:
    """Name the rows that deliver an item, in place of those named before."""
    if len(tasks) > _MOST_ROWS:
        raise Invalid(
            f"{len(tasks)} rows; name at most {_MOST_ROWS}, or a summary of them.", fields=[FieldError("tasks", "many")]
        )
    wanted = {place_of(task)[1] for task in tasks}
    held = set(ItemTask.of(item).values_list("uid", flat=True))
    if wanted == held:
        return
    ItemTask.of(item).exclude(uid__in=wanted).delete()
    ItemTask.unscoped(reason="parts of the item above").bulk_create(
        ItemTask(item=item, uid=uid) for uid in sorted(wanted - held)
    )
    ctx.record(ScopeItem._meta.label, item.pk, "tasks", sorted(held), sorted(wanted))
    item.touch()


@contextmanager
def _charter_follows(ctx: Context, project_id: int) -> Iterator[None]:
    """The charter's lists say what the items say after the change, and what they said besides."""
    before = charter_lines_missing(charter(ctx, project=project_id), items_of(ctx, project_id))
    yield
    rows = items_of(ctx, project_id)
    lists = {
        kind: tuple(row.text for row in rows if row.kind == kind.value)
        + tuple(text for of, text in before if of is kind)
        for kind in (ItemKind.IN, ItemKind.OUT)
    }
    projects.edit(ctx, project=project_id, scope_in=lists[ItemKind.IN], scope_out=lists[ItemKind.OUT])


# --- versions --------------------------------------------------------------------------------------


@command(permission="scope.edit")
def ask_scope(
    ctx: Context, *, project: ProjectId, approvers: tuple[PersonId, ...], note: Text = "", due: date | None = None
) -> ApprovalRow:
    """Send the scope statement for approval: a version of it is frozen as it stands now.

    note  what the approver should know, such as what is new since the last version.
    """
    rows = items_of(ctx, project)
    if not rows:
        raise Conflict("The scope statement is empty. Add what is in scope first.")
    items = frozen_items(rows, links_of(rows))
    number = next_number(f"scope.version.{project}")
    earlier = ScopeVersion.unscoped(reason="one request at a time").filter(
        project_id=project, state=StatementState.ASKED.value
    )
    for row in earlier:
        _withdraw(ctx, row)
        row.change(ctx, state=StatementState.WITHDRAWN.value, decided_at=ctx.now)
    version = ScopeVersion.add(
        ctx,
        project_id=project,
        number=number,
        note=note,
        items=items,
        digest=digest_of_items(items),
        asked_by=ctx.actor.name,
    )
    return approvals.ask(
        ctx,
        subject=VERSION,
        subject_id=version.pk,
        project_id=project,
        title=f"Scope statement, version {number}",
        shown=_shown(items, note),
        digest=version.digest,
        approvers=approvers,
        prepared_by_user=ctx.actor.user_id,
        due=due,
    )


def _withdraw(ctx: Context, row: ScopeVersion) -> None:
    asked = of_subject(VERSION, row.pk)
    if asked is not None and asked.state is ApprovalState.PENDING:
        approvals.withdraw(ctx, approval=asked.id)


def _shown(items: list[dict[str, Any]], note: str) -> str:
    """The statement as an approver reads it; fees stand on its page, for those who may see them."""
    said = [note.strip()] if note.strip() else []
    for kind in ItemKind:
        mine = [item for item in items if item["kind"] == kind.value]
        if mine:
            said.append("\n".join([f"{kind.word}:", *(_line(item) for item in mine)]))
    return "\n\n".join(said)


def _line(item: dict[str, Any]) -> str:
    lead = f"{item['deliverable']}: " if item["deliverable"] else ""
    hours = f" ({item['hours']} h)" if item["hours"] is not None else ""
    accepted = f" – accepted when: {item['acceptance']}" if item["acceptance"] else ""
    return f"- {item['ref']} {lead}{item['text']}{hours}{accepted}"


@command(permission="scope.decide", internal="part of deciding an approval", changes="version")
def note_scope_decided(ctx: Context, *, version: ScopeVersion, digest: Name, approved: bool) -> StatementVersion:
    """Note that exactly this version of the scope statement was approved or refused."""
    if version.digest != digest or version.state != StatementState.ASKED.value:
        raise Conflict("The scope statement has changed since it was shown. Ask for approval again.")
    asked = of_subject(VERSION, version.pk)
    votes = [vote for vote in asked.votes if vote.vote is not None] if asked is not None else []
    version.change(
        ctx,
        state=(StatementState.APPROVED if approved else StatementState.REFUSED).value,
        decided_at=ctx.now,
        decided_by=", ".join(vote.name for vote in votes)[:1000],
        reason=" ".join(vote.reason for vote in votes if vote.reason),
    )
    return version_row(version, money=True)
