"""Who sees which of the Desk's own records: everybody their own."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.desk.models import Delegation, Snooze
from headway.kernel.access import NOTHING, visible, working_on
from headway.kernel.context import Context


@visible(Snooze)
def snoozes(ctx: Context) -> Q:
    """One's own."""
    person = ctx.actor.person_id
    return NOTHING if person is None else Q(person_id=person)


@visible(Delegation)
def delegations(ctx: Context) -> Q:
    """Those one gave or got, on projects one still works on."""
    person = ctx.actor.person_id
    if person is None:
        return NOTHING
    return (Q(from_person_id=person) | Q(to_person_id=person)) & working_on(ctx, "project_id")
