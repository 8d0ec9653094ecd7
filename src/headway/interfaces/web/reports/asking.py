"""Who can be asked for an approval."""

from __future__ import annotations

from headway.areas.people.queries import house_rules
from headway.areas.projects.queries import my_person_id
from headway.areas.projects.types import MemberRow
from headway.interfaces.web.submitting import Choices
from headway.kernel.context import Context

_APPROVERS = frozenset({"administrator", "approver", "manager"})


def approvers_among(ctx: Context, people: tuple[MemberRow, ...], *, clients: bool) -> Choices:
    """Who of a project's people may be asked: clients for what they may see, oneself where the house allows it."""
    roles = _APPROVERS | ({"client"} if clients else set())
    me = None if house_rules(ctx).self_approval else my_person_id(ctx)
    found = {(row.person_id, row.name) for row in people if row.role in roles and row.person_id != me}
    return sorted(found, key=lambda who: who[1])
