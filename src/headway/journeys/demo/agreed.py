"""What was agreed with Northline Communications for the order rollout, line by line: hours burn against it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from headway.areas.approvals.types import Vote
from headway.areas.schedule.rows import numbered_rows
from headway.areas.scope import commands, queries
from headway.areas.scope.types import ItemKind
from headway.journeys import reports
from headway.kernel.context import Context

_Acting = Callable[[str], Context]

# Deliverable, what, contract hours, the row of the plan that delivers it.
_FROM_CHARTER = {
    "Internet access, Ethernet, voice and managed services": ("Sales tool", 620, "Configuration and build"),
    "Discount approval": ("Sales tool", 60, "Approval by Legal and Revenue Assurance"),
    "Open quotes and orders": ("Migration", 200, "Data migration"),
    "UAT and ORT": ("Acceptance", 150, "User acceptance test (UAT)"),
}
_MORE = (
    ("Set-up", "Order process walked, charter agreed", 60, "Initiate"),
    ("Set-up", "Design signed off by Systems and Tools", 300, "Requirements and design"),
    ("Acceptance", "System test in two cycles", 190, "System test"),
    ("Acceptance", "Readiness of operations", 80, "Operational readiness test (ORT)"),
    ("Roll-out", "Sellers trained", 120, "Training and change"),
    ("Roll-out", "Both waves live", 70, "Deployment"),
)


def agreed_lines(acting: _Acting, person: Callable[[str], int], project: int) -> None:
    """The scope statement with its contract hours, approved."""
    mara, tom = acting("Mara"), acting("Tom")
    rows = {row.name: row.id for row in numbered_rows(project)}
    commands.take_charter(tom, project=project)
    for item in queries.statement(tom, project=project).items:
        if item.text in _FROM_CHARTER:
            deliverable, hours, row = _FROM_CHARTER[item.text]
            tasks = (rows[row],)
            commands.edit_item(tom, item=item.id, deliverable=deliverable, hours=Decimal(hours), tasks=tasks)
    for deliverable, text, hours, row in _MORE:
        commands.add_item(
            tom,
            project=project,
            kind=ItemKind.IN,
            text=text,
            deliverable=deliverable,
            hours=Decimal(hours),
            tasks=(rows[row],),
        )
    asked = commands.ask_scope(mara, project=project, approvers=(person("Ines"),), note="As in the order.")
    reports.decide(acting("Ines"), approval=asked.id, decision=Vote.APPROVE, digest=asked.digest, reason="As ordered.")
