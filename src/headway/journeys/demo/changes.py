"""The web shop's scope statement, approved, and a change of it that waits for a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.approvals.types import Vote
from headway.areas.projects.queries import risks
from headway.areas.schedule.rows import numbered_rows
from headway.areas.scope import commands, deciding, impacts, option_risks, options, queries, requests
from headway.areas.scope.types import Area, Confidence, ItemKind, Way
from headway.journeys import impact, reports
from headway.kernel.context import Context

_Acting = Callable[[str], Context]

# What the charter says is in scope: deliverable, contract hours, accepted when, the rows that deliver it.
_ITEMS = {
    "Checkout with two payment methods": (
        "Shop",
        Decimal(420),
        "an order is paid by card and by invoice on a phone",
        ("Build",),
    ),
    "Content migration": ("Content", Decimal(140), "no page of the old shop is missed", ("Content",)),
    "Redirects and search engine launch": (
        "Search",
        Decimal(70),
        "1,200 addresses lead to their new page in one step",
        ("Search engine launch",),
    ),
}
_MORE = (
    (ItemKind.ASSUMPTION, "Acme delivers product texts in weekly batches"),
    (ItemKind.CONSTRAINT, "The shop goes live before the season begins"),
)


def scope_and_changes(acting: _Acting, person: Callable[[str], int], project: int, today: date) -> None:
    """What stands on the pages Scope and Changes this morning."""
    mara, tom = acting("Mara"), acting("Tom")
    rows = {row.name: row.id for row in numbered_rows(project)}
    commands.take_charter(tom, project=project)
    for item in queries.statement(tom, project=project).items:
        if item.text in _ITEMS:
            deliverable, hours, accepted, names = _ITEMS[item.text]
            tasks = tuple(rows[name] for name in names if name in rows)
            commands.edit_item(
                tom, item=item.id, deliverable=deliverable, hours=hours, acceptance=accepted, tasks=tasks
            )
    for kind, text in _MORE:
        commands.add_item(tom, project=project, kind=kind, text=text)
    asked = commands.ask_scope(mara, project=project, approvers=(person("Ines"),), note="As signed with Acme Outdoor.")
    reports.decide(acting("Ines"), approval=asked.id, decision=Vote.APPROVE, digest=asked.digest, reason="As signed.")
    _newsletter(tom, rows, person, project, today)


def _newsletter(tom: Context, rows: dict[str, int], person: Callable[[str], int], project: int, today: date) -> None:
    """Asked for by the client, assessed in two ways, with the approver since today."""
    made = requests.add_request(
        tom,
        project=project,
        title="Newsletter sign-up on every page",
        description="A sign-up at the foot of every page, with double opt-in, and the addresses in Acme's mail system.",
        why="Acme's spring campaign wants addresses from the first day.",
        asked_by="Carol Whitfield",
        asked_on=today - timedelta(days=4),
        decide_by=today + timedelta(days=4),
        if_nothing="Visitors of the first weeks are not asked; Acme buys addresses for its campaign instead.",
        owner=person("Tom"),
    )
    request = made.row.id
    now = options.add_option(
        tom,
        change=request,
        name="Build it before launch",
        one_off=Decimal(300),
        risks="Consent texts come late from legal",
    )
    options.add_step(
        tom,
        option=now.id,
        way=Way.ADD_WORK,
        name="Newsletter sign-up",
        who="Lea Novak",
        hours=Decimal(12),
        task=rows["Templates: basket, account, service"],
    )
    option_risks.add_option_risk(tom, option=now.id, risk=risks(tom, project=project)[0].id)
    later = options.add_option(tom, change=request, name="Build it after launch")
    options.add_step(
        tom,
        option=later.id,
        way=Way.ADD_WORK,
        name="Newsletter sign-up",
        who="Lea Novak",
        hours=Decimal(14),
        task=rows["Shop live"],
    )
    impacts.add_impact(
        tom,
        change=request,
        area=Area.CUSTOMERS,
        group="Visitors of the shop",
        group_size=40_000,
        reached=40_000,
        severity=1,
        description="One more form at the foot of each page",
        onset=today + timedelta(days=21),
    )
    impacts.add_impact(
        tom,
        change=request,
        area=Area.PEOPLE,
        group="Acme's marketing",
        group_size=6,
        reached=2,
        severity=2,
        residual_severity=1,
        likelihood=4,
        description="Somebody answers for the list and its consents",
        mitigation="Two hours of training with the mail system",
        owner=person("Tom"),
        onset=today + timedelta(days=21),
        confidence=Confidence.HIGH,
    )
    impact.assess(tom.but(), change=request)
    deciding.ask_for_decision(
        tom,
        change=request,
        option=later.id,
        approvers=(person("Ines"), person("Carol")),
        recommendation="After launch: the go-live stays as it is, and the season begins with the shop.",
        dissent="Carol would rather have it from the first day.",
    )
