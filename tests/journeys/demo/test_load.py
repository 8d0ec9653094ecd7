"""The demo as it is loaded: what it promises is there, its figures agree at every door, and it loads once only."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from headway.areas.approvals import queries as approvals
from headway.areas.budgets import queries as budgets
from headway.areas.budgets.types import ChangeState
from headway.areas.comms import queries as comms
from headway.areas.comms.types import MailState
from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.types import VersionState
from headway.areas.estimates import queries as estimates
from headway.areas.hours import queries as hours
from headway.areas.hours.types import EntryStatus
from headway.areas.people import commands as people
from headway.areas.people.types import Role
from headway.areas.portfolio import queries as portfolio
from headway.areas.portfolio.types import Dimension, Direction, Health
from headway.areas.projects import queries as projects
from headway.areas.projects.types import ImportState, Stage, State
from headway.areas.schedule import queries as schedule
from headway.journeys.demo import DemoUser, load_demo
from headway.kernel import audit
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import Conflict, NotFound
from tests.journeys.demo.conftest import WEDNESDAY, as_one

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEYS = ("ORDERS", "ACME", "REFER")


def test_there_is_somebody_for_each_role_with_a_password_of_their_own(users: tuple[DemoUser, ...]) -> None:
    assert {user.role for user in users} == {role.value for role in Role}
    assert len({user.password for user in users}) == len(users)
    assert all(len(user.password) >= 16 and user.title for user in users)


def test_it_loads_only_where_nobody_is_yet(users: tuple[DemoUser, ...]) -> None:
    with pytest.raises(Conflict, match="set up already"):
        load_demo(system_context("again").but(now=WEDNESDAY))


def test_one_project_is_red_one_amber_one_green(mara: Context) -> None:
    found = {row.key: row.figures for row in portfolio.standings(mara).items}
    assert {key: row.health for key, row in found.items()} == {
        "ORDERS": Health.RED,
        "ACME": Health.AMBER,
        "REFER": Health.GREEN,
    }
    reasons = {one.dimension: one.reason for one in found["ORDERS"].readings}
    assert "Order validation rules approved" in reasons[Dimension.SCHEDULE]
    assert "Legal approves the order rules too late" in reasons[Dimension.RISK]
    assert "Omar Haddad" in reasons[Dimension.PEOPLE]
    assert "above 10 %" in reasons[Dimension.COST]
    assert "Omar Haddad" in {row.name for row in found["ORDERS"].over_capacity}
    assert found["ORDERS"].decisions_overdue == 1
    assert found["REFER"].late_days == 0


def test_the_weeks_before_show_a_trend(mara: Context) -> None:
    rows = {row.key: row for row in portfolio.standings(mara).items}
    assert rows["ORDERS"].trend is Direction.WORSE
    for row in rows.values():
        assert [week.first for week in row.weeks] == [date(2026, 2, 9) + timedelta(weeks=n) for n in range(4)]
    late = [week.late_days for week in rows["ORDERS"].weeks]
    assert late == sorted(late)
    assert late[0] < late[-1]


def test_the_critical_path_hangs_on_a_late_approval_from_outside(mara: Context) -> None:
    rows = {row.name: row for row in schedule.tasks(mara, project="ORDERS", limit=200).items}
    review, rules = rows["Review by Legal and Revenue Assurance"], rows["Order validation rules"]
    assert review.critical
    assert 0 < review.percent_complete < 100
    assert (review.owner, review.resources) == ("Denise Pruitt", "")
    assert rules.critical
    assert rules.percent_complete == 0
    assert rules.finish > rules.baseline_finish


def test_hours_stand_in_every_state(mara: Context) -> None:
    """Older weeks are approved, the last one is handed in, this week's are drafts, and some are missing."""
    monday, last = date(2026, 3, 2), date(2026, 2, 23)
    for key in KEYS:
        before = hours.entries(mara, project=key, last=last - timedelta(days=3), limit=200).items
        assert {row.status for row in before} == {EntryStatus.APPROVED}
        week = hours.entries(mara, project=key, first=last, last=monday - timedelta(days=1), limit=200).items
        assert {row.status for row in week} == {EntryStatus.SUBMITTED}
        drafts = hours.entries(mara, project=key, first=monday, limit=200).items
        assert {row.status for row in drafts} == {EntryStatus.DRAFT}
        assert hours.timesheets_in(mara, project=key, as_of=WEDNESDAY.date()).percent.value == 100
    drafts = hours.entries(mara, project="ORDERS", first=monday, limit=200).items
    assert "Lea Novak" not in {row.person for row in drafts}


def test_reports_of_past_weeks_have_gone_their_way(mara: Context) -> None:
    states = {key: [row.state for row in deliverables.versions(mara, project=key)] for key in KEYS}
    assert sorted(states["ORDERS"], key=str) == [VersionState.IN_REVIEW, VersionState.SENT]
    assert VersionState.APPROVED in states["ACME"]
    assert states["REFER"] == [VersionState.SENT]
    mails = comms.outbox(mara)
    assert {row.state for row in mails} == {MailState.SENT}
    assert all(row.sent_at.date() < WEDNESDAY.date() for row in mails)
    report, change = sorted(approvals.waiting(as_one("ines@brightwater.example")), key=lambda row: row.id)
    assert "Order entry on CPQ" in report.title
    assert change.title == "CR-1 Newsletter sign-up on every page"


def test_registers_hold_what_the_week_needs(tom: Context) -> None:
    for key in KEYS:
        assert len(projects.risks(tom, project=key, state=State.OPEN)) >= 3
        assert any(row.state is State.CLOSED for row in projects.risks(tom, project=key))
        issues = projects.issues(tom, project=key)
        assert any(row.resolution for row in issues)
        open_ones = projects.decisions(tom, project=key, state=State.OPEN)
        assert open_ones
        assert all(row.cost_of_waiting and row.recommendation and len(row.options) > 1 for row in open_ones)
        assert projects.assumptions(tom, project=key)
        assert len(projects.stakeholders(tom, project=key)) >= 4
    changes = budgets.changes(tom, project="ORDERS")
    assert {row.state for row in changes} == {ChangeState.APPROVED, ChangeState.PENDING}


def test_every_file_came_by_the_importers(tom: Context) -> None:
    for key in KEYS:
        rows = projects.imports(tom, project=key)
        assert {row.state for row in rows} == {ImportState.APPLIED}
        assert {row.kind for row in rows} == {"plan", "hours"}


def test_people_work_on_more_than_one_project(tom: Context) -> None:
    names = {key: {row.name for row in schedule.resources(tom, project=key)} for key in KEYS}
    assert {"Omar Haddad", "Lea Novak", "Priya Raman"} <= names["ORDERS"] & names["ACME"] & names["REFER"]
    assert all(row.person_id for key in KEYS for row in schedule.resources(tom, project=key))


def test_a_client_sees_only_their_projects(users: tuple[DemoUser, ...]) -> None:
    carol = as_one("carol@acme.example")
    assert {row.key for row in projects.list_projects(carol).items} == {"ACME", "FINDER"}
    with pytest.raises(NotFound):
        projects.charter(carol, project="ORDERS")


def test_figures_agree_between_portfolio_report_and_api(users: tuple[DemoUser, ...], mara: Context) -> None:
    """The same number from the portfolio, from the earned value behind the report, and through the API."""
    token = people.make_token(mara.but(channel=Channel.WEB), name="check", scopes=("read",)).token
    client = Client(headers={"Authorization": f"Bearer {token}"})
    for row in portfolio.standings(mara).items:
        burn = budgets.burn(mara, project=row.key, as_of=WEDNESDAY.date()).burn
        plan = schedule.summary(mara, project=row.key)
        assert row.figures.percent_complete == burn.percent_complete.value
        assert row.figures.spent == burn.spent.value
        assert row.figures.finish == plan.finish.date()
        said = json.loads(client.get(f"/api/v1/projects/{row.key}/plan").content)
        assert said["finish"][:10] == row.figures.finish.isoformat()


def test_the_audit_is_whole(users: tuple[DemoUser, ...]) -> None:
    assert list(audit.verify()) == []


def test_a_finished_project_says_how_its_estimate_came_out(mara: Context) -> None:
    found = estimates.comparison(mara, project="ACME")
    (finished,) = found.projects
    assert (finished.key, finished.ref) == ("FINDER", "EST-1")
    assert 1 < finished.factor < Decimal("1.6")
    assert {one.name for one in found.phases} == {"Discover", "Design", "Build", "Test", "Launch"}
    assert all(one.factor > 0 for one in found.phases)
    assert projects.charter(mara, project="FINDER").stage is Stage.CLOSED
    assert [row.state for row in deliverables.versions(mara, project="FINDER")] == [VersionState.SENT]
