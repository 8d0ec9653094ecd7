"""A project with rates by role, a risk with money, a short plan, and an estimate of three lines in two phases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.approvals.types import ApprovalRow, Vote
from headway.areas.estimates import approving, commands, queries
from headway.areas.estimates.types import Basis, EstimateDetail, LineInput
from headway.areas.hours import commands as hours
from headway.areas.hours import rate_cards
from headway.areas.hours.types import RateKind
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Stage
from headway.areas.schedule import commands as plan
from headway.engine.statistics import EstimateClass
from headway.journeys import reports
from headway.kernel.context import Context
from tests.made_once import made_once

House = Callable[[str], Context]
D = Decimal
BILL = {"Designer": D(110), "Developer": D(120)}
COST = {"Designer": D(60), "Developer": D(70)}


def line(name: str, *points: int, level: int = 2, role: str = "Developer", **more: object) -> LineInput:
    """A line in hours; without points a group at the top."""
    if not points:
        return LineInput(name=name, level=1)
    low, likely, high = map(D, points)
    return LineInput(name, level=level, role=role, optimistic=low, likely=likely, pessimistic=high, **more)  # type: ignore[arg-type]


# The example of the formulas: 16 and 2.67, 7 and 1.67, 32 and 5.33.
LINES = (
    line("Design"),
    line("Concept", 10, 15, 26, role="Designer"),
    line("Prototype", 2, 7, 12),
    line("Build"),
    line("Templates", 16, 32, 48),
)


@pytest.fixture
def site(house: House) -> House:
    """SITE from Monday 2 March 2026, without an estimate."""
    made_once(lambda: _site(house))
    return house


def _site(house: House) -> None:
    begin(house, "SITE", "Acme web site")
    plan.start_plan(house("manager"), project="SITE", start=date(2026, 3, 2))


def begin(house: House, key: str, name: str) -> None:
    """A project with its people and rates by role."""
    manager = house("manager")
    projects.create(manager, key=key, name=name, currency="EUR", time_zone="UTC")
    for who in ("associate", "member", "client", "approver"):
        projects.set_member(manager, project=key, person=person(house, who), role=Role(who))
    for kind, card in ((RateKind.BILL, BILL), (RateKind.COST, COST)):
        for role, rate in card.items():
            rate_cards.set_project_rate(manager, project=key, kind=kind, rate=rate, first=date(2026, 1, 1), role=role)


def person(house: House, who: str) -> int:
    """The person behind a role's user."""
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def written(ctx: Context, key: str = "SITE", lines: tuple[LineInput, ...] = LINES) -> EstimateDetail:
    """A draft with lines."""
    row = commands.add_estimate(ctx, project=key, kind=EstimateClass.BUDGET).row
    return commands.set_lines(ctx, estimate=row.id, lines=lines)


def approved(house: House, key: str = "SITE", lines: tuple[LineInput, ...] = LINES) -> EstimateDetail:
    """An estimate that an associate wrote and sent, and the manager approved."""
    made = written(house("associate"), key, lines)
    commands.edit_estimate(
        house("associate"), estimate=made.row.id, basis=Basis.BOTTOM_UP, valid_until=date(2026, 6, 30)
    )
    return approve(house, made.row.id)


def sent(house: House, estimate: int, to: str = "manager") -> ApprovalRow:
    """The request that an associate makes for approval of a draft."""
    return approving.ask_estimate(house("associate"), estimate=estimate, approvers=(person(house, to),))


def approve(house: House, estimate: int) -> EstimateDetail:
    """A draft, sent by the associate and approved by the manager."""
    request = sent(house, estimate)
    reports.decide(house("manager"), approval=request.id, decision=Vote.APPROVE, digest=request.digest)
    return queries.show_estimate(house("manager"), estimate=estimate)


def finished(house: House, key: str, worked: dict[tuple[str, str], int]) -> None:
    """A closed project with the approved lines, and hours worked by phase and role."""
    begin(house, key, f"Project {key}")
    approved(house, key)
    manager = house("manager")
    for (phase, role), amount in worked.items():
        for day in range(2, 2 + amount // 8):
            hours.log(manager, project=key, day=date(2026, 2, day), hours=D(8), phase=phase, role=role)
    projects.set_stage(manager, project=key, stage=Stage.CLOSED)
