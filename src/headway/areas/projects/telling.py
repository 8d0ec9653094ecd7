"""Whom a change in a project concerns: owners, members, those whose day has come. Called inside commands."""

from __future__ import annotations

from datetime import date, timedelta

from headway.areas.comms.commands import notify
from headway.areas.comms.settings import due_key, next_house_day
from headway.areas.comms.types import NoticeReason
from headway.areas.desk.providers import reader
from headway.areas.people.types import Role
from headway.areas.projects.models import Assumption, Decision, Issue, Project, Risk
from headway.areas.projects.types import State
from headway.kernel.commands import command
from headway.kernel.context import Context

Record = Risk | Issue | Decision | Assumption
_DAYS_BACK = 7  # days that were missed while nothing ran are made up
# What is to happen on the day, and what was to happen on one that has passed.
_DUE = (
    (Risk, "response_due", "The response to {} is due", "The response to {} was due"),
    (Issue, "due", "{} is due", "{} was due"),
    (Decision, "decide_by", "{} is to be decided", "{} was to be decided"),
    (Assumption, "check_by", "{} is to be checked", "{} was to be checked"),
)


def title_of(row: Record) -> str:
    """'RISK-3 Supplier is late'."""
    if isinstance(row, Decision):
        return f"{row.ref} {row.question}"
    return f"{row.ref} {row.text if isinstance(row, Assumption) else row.title}"


def tell_owner(ctx: Context, row: Record) -> None:
    """The owner of a record learns that it is theirs."""
    _tell(ctx, row, [row.owner_id], NoticeReason.ASSIGNED, f"You own {title_of(row)}")


def tell_decided(ctx: Context, row: Decision) -> None:
    """The owner of a decision and the project's manager learn what was decided."""
    manager = Project.unscoped(reason="of a visible decision").filter(pk=row.project_id)
    told = [row.owner_id, manager.values_list("manager_id", flat=True).first()]
    _tell(ctx, row, told, NoticeReason.DECIDED, f"{title_of(row)}: {row.outcome}")


def tell_member(ctx: Context, project: Project, person_id: int, role: Role) -> None:
    """Somebody learns of their role on a project."""
    notify(
        ctx,
        to=[person_id],
        reason=NoticeReason.JOINED,
        about_kind=Project._meta.label,
        about_id=project.pk,
        project_id=project.pk,
        text=f"Your role on {project.name}: {role.value.replace('_', ' ')}",
    )


@command(permission="comms.notify", internal="the nightly look at what is due", idempotent=True)
def tell_due(ctx: Context, *, day: date) -> None:
    """Tell owners of open records of their day: on the working day before, on it and once it has passed."""
    horizon = next_house_day(day)
    for model, field, ahead, passed in _DUE:
        rows = model.unscoped(reason="owners are told of their day").filter(
            **{f"{field}__lte": horizon, f"{field}__gt": day - timedelta(days=_DAYS_BACK)},
            state=State.OPEN.value,
            owner__isnull=False,
        )
        for row in rows.order_by("id"):
            due = getattr(row, field)
            said = f"{(passed if due < day else ahead).format(title_of(row))} {reader(ctx).says(due)}"
            _tell(ctx, row, [row.owner_id], NoticeReason.DUE, said, once=due_key(row._meta.label, row.pk, due, day))


def _tell(ctx: Context, row: Record, to: list[int | None], reason: NoticeReason, text: str, *, once: str = "") -> None:
    notify(
        ctx,
        to=to,
        reason=reason,
        about_kind=row._meta.label,
        about_id=row.pk,
        project_id=row.project_id,
        text=text,
        once=once,
    )
