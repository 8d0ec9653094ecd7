"""Ways round a right: giving oneself a role, approving one's own work, reading costs in the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user, get_user_model
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from headway.areas.approvals.types import ApprovalState, Vote
from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis
from headway.areas.comms import commands as comms
from headway.areas.comms.compose import address
from headway.areas.deliverables import commands as deliverables
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.people import commands as people
from headway.areas.people import queries
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.histories import activity
from headway.areas.projects.queries import charter, local_day, members
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.journeys import imports, reports
from headway.kernel.commands import maintenance
from headway.kernel.context import Context, system_context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from headway.kernel.models import AuditEntry
from headway.kernel.schema import to_json

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 27)


@pytest.fixture
def site(house: House) -> House:
    """The house with the project SITE and its people."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web site", currency="EUR", time_zone="Asia/Tokyo")
    for who in ("associate", "member", "approver", "senior_reader"):
        role = Role.MEMBER if who == "senior_reader" else Role(who)
        projects.set_member(manager, project="SITE", person=person(house, who), role=role)
    return house


def person(house: House, who: str) -> int:
    found = queries.person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def allow_self_approval(house: House) -> None:
    admin = house("administrator")
    rules = queries.house_rules(admin)
    people.edit_house_rules(admin, organisation=rules.organisation_id, self_approval=True)


# --- roles ----------------------------------------------------------------------------------


def test_nobody_gives_himself_a_role_on_a_project(site: House) -> None:
    with pytest.raises(Denied, match="yourself a role"):
        projects.set_member(site("manager"), project="SITE", person=person(site, "manager"), role=Role.APPROVER)
    admin = site("administrator")
    projects.set_member(admin, project="SITE", person=person(site, "administrator"), role=Role.APPROVER)
    held = {row.role for row in members(admin, project="SITE") if row.person_id == person(site, "administrator")}
    assert held == {"approver"}


def test_a_role_that_was_taken_is_gone_within_the_same_request(site: House) -> None:
    ctx, who = site("associate"), person(site, "associate")
    projects.set_member(site("manager"), project="SITE", person=who, role=Role.MEMBER)
    assert charter(ctx, project="SITE").key == "SITE"
    projects.remove_member(site("manager"), project="SITE", person=who, role=Role.ASSOCIATE)
    with pytest.raises(Denied):
        projects.add_risk(ctx, project="SITE", title="Late", probability=1, impact=1)


def test_a_change_of_role_ends_the_sessions(house: House, client: Client, rf: RequestFactory) -> None:
    user = get_user_model().objects.get(email="member@example.org")
    with maintenance("the sign-in library notes the time"):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    request = rf.get("/")
    request.session = client.session
    assert get_user(request).pk == user.pk
    people.set_role(house("administrator"), person=person(house, "member"), role=Role.TESTER)
    assert get_user(request).is_anonymous


def test_the_only_administrator_stays_one(house: House) -> None:
    admin = house("administrator")
    with pytest.raises(Conflict, match="only administrator"):
        people.set_role(admin, person=person(house, "administrator"), role=Role.MANAGER)
    with pytest.raises(Conflict, match="only administrator"):
        people.disable_user(system_context("test"), person=person(house, "administrator"))
    people.set_role(admin, person=person(house, "manager"), role=Role.ADMINISTRATOR)
    assert people.set_role(admin, person=person(house, "administrator"), role=Role.MANAGER).org_role == "manager"


# --- approving ------------------------------------------------------------------------------


def test_whoever_set_a_budget_or_asked_for_a_change_does_not_approve_it(site: House) -> None:
    manager = site("manager")
    budget = budgets.add_budget(manager, project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(100))
    change = budgets.request_change(manager, project="SITE", title="More", reason="So", hours=Decimal(8))
    with pytest.raises(Denied, match="somebody else must approve"):
        budgets.approve_budget(manager, budget=budget.id)
    with pytest.raises(Denied, match="somebody else must approve"):
        budgets.approve_change(manager, change=change.id)
    assert budgets.approve_budget(site("approver"), budget=budget.id).approved_by == "Abel Approver"
    allow_self_approval(site)
    assert budgets.approve_change(manager, change=change.id).decided_by == "Mona Manager (own)"


def test_who_changes_the_amount_of_a_budget_does_not_approve_it(site: House) -> None:
    budget = budgets.add_budget(site("associate"), project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(100))
    budgets.edit_budget(site("manager"), budget=budget.id, amount=Decimal(900))
    with pytest.raises(Denied):
        budgets.approve_budget(site("manager"), budget=budget.id)


def prepared(ctx: Context) -> int:
    """A version of a report, with one file of each mark."""
    stored = store.put([b"words"], limit=100)
    kept = [
        files.keep(ctx, name=f"{mark}.md", media_type="text/markdown", sha256=stored.sha256, size=5).id
        for mark in ("draft", "final")
    ]
    snapshot = deliverables.number_snapshot(ctx, project="SITE", kind="status", as_of=DAY, audience="internal")
    deliverables.freeze_snapshot(ctx, snapshot=snapshot.id, data={"snapshot": "{}"}, digest="0" * 64)
    return deliverables.keep_version(
        ctx,
        project="SITE",
        kind="status",
        title="Status",
        snapshot=snapshot.id,
        audience="internal",
        files={"md": (kept[0], kept[1])},
        tree={},
        claims={},
    ).id


def asked(ctx: Context, version: int, approver: int, **more: object) -> tuple[int, str]:
    given = {"recipients": ("a@acme.example",), "mail_subject": "Status", "mail_body": "Here it is.", **more}
    row = reports.ask(ctx, version=version, approvers=(approver,), **given)
    return row.id, row.digest


def test_who_prepared_a_report_does_not_approve_it_when_a_colleague_asks(site: House) -> None:
    manager = site("manager")
    approval, digest = asked(site("associate"), prepared(manager), person(site, "manager"))
    with pytest.raises(Denied, match="prepared this yourself"):
        reports.decide(manager, approval=approval, decision=Vote.APPROVE, digest=digest)
    allow_self_approval(site)
    row = reports.decide(manager, approval=approval, decision=Vote.APPROVE, digest=digest)
    assert (row.state, row.self_approved) == (ApprovalState.APPROVED, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipients": ("a@acme.example, b@rival.example",)},
        {"recipients": tuple(f"a{n}@acme.example" for n in range(201))},
        {"mail_subject": "x" * 501},
        {"mail_subject": "Status\nBcc: b@rival.example"},
    ],
)
def test_what_the_mail_would_refuse_is_refused_before_anybody_is_asked(site: House, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        asked(site("associate"), prepared(site("associate")), person(site, "manager"), **wrong)


def test_one_receiver_is_one_address() -> None:
    assert str(address("Doe Jane <jane@acme.example>")) == "Doe Jane <jane@acme.example>"
    with pytest.raises(Invalid, match="by itself"):
        address("jane@acme.example, other@rival.example")


def test_the_link_in_a_sign_in_mail_is_not_in_the_audit(house: House) -> None:
    comms.queue(
        system_context("sign-in mail"),
        event_key="system:test",
        subject_kind="",
        subject_id=0,
        project_id=None,
        approval_id=None,
        recipients=("a@acme.example",),
        subject="Reset",
        body="https://headway.example/reset/one-use-secret",
    )
    details = [str(entry.detail) for entry in AuditEntry.objects.all()]
    assert any("(secret)" in detail for detail in details)
    assert not any("one-use-secret" in detail for detail in details)


# --- hours and costs ------------------------------------------------------------------------


def test_a_senior_reader_who_is_a_member_changes_only_his_own_hours(site: House) -> None:
    row = hours.log(site("member"), project="SITE", day=DAY, hours=Decimal(2))
    reader = site("senior_reader")
    with pytest.raises(Denied):
        hours.edit(reader, entry=row.id, hours=Decimal(8))
    with pytest.raises(Denied):
        hours.remove(reader, entry=row.id)
    own = hours.log(reader, project="SITE", day=DAY, hours=Decimal(1))
    assert hours.edit(reader, entry=own.id, hours=Decimal(3)).hours == 3


def test_what_something_costs_is_not_read_in_the_history(site: House) -> None:
    manager, cost = site("manager"), Decimal("77.5")
    hours.set_project_rate(
        manager, project="SITE", kind=RateKind.COST, rate=cost, first=date(2026, 1, 1), person=person(site, "member")
    )
    row = hours.log(site("member"), project="SITE", day=DAY, hours=Decimal(2))
    hours.edit(site("member"), entry=row.id, hours=Decimal(4))
    budget = budgets.add_budget(manager, project="SITE", name="Costs", basis=Basis.COST, amount=Decimal(3377))
    budgets.edit_budget(manager, budget=budget.id, amount=Decimal(3388))

    def told(who: str) -> str:
        return str(to_json(activity(site(who), project="SITE", limit=200)))

    for figure in ("155", "310", "3377"):
        assert figure in told("manager")
    for who in ("associate", "approver"):
        assert "'field': 'hours'" in told(who)
        assert "155" not in told(who)
        assert "310" not in told(who)
        assert "3377" not in told(who)


# --- plans ----------------------------------------------------------------------------------


def test_a_task_that_was_taken_out_cannot_be_changed(site: House) -> None:
    manager = site("manager")
    schedule.start_plan(manager, project="SITE", start=DAY)
    task = schedule.add_task(manager, project="SITE", name="Build").task_id
    schedule.remove_task(manager, task=task)
    with pytest.raises(NotFound):
        schedule.set_progress(manager, task=task, percent_complete=Decimal(50))
    with pytest.raises(NotFound):
        schedule.edit_task(manager, task=task, name="Again")


def test_an_import_of_which_people_took_a_baseline_is_not_undone(site: House) -> None:
    manager = site("manager")
    schedule.start_plan(manager, project="SITE", start=DAY)
    schedule.add_task(manager, project="SITE", name="Build")
    schedule.set_baseline(manager, project="SITE", name="Agreed")
    batch = projects.open_import(
        manager, project="SITE", kind="plan", file_id=1, file_name="plan.mpp", answers={}, mapping={}
    )
    projects.keep_preview(manager, batch=batch.id, parsed={}, preview={}, failed=False)
    projects.note_import_applied(manager, batch=batch.id, preview={}, undo={"before": None})
    with pytest.raises(Conflict, match="Agreed"):
        imports.undo(manager, batch=batch.id)
    assert [row.name for row in plans.baselines(manager, project="SITE")] == ["Agreed"]


def test_baselines_cost_the_same_however_many(site: House) -> None:
    manager = site("manager")
    schedule.start_plan(manager, project="SITE", start=DAY)
    schedule.add_task(manager, project="SITE", name="Build")
    counts = []
    for _ in range(2):
        for name in ("One", "Two", "Three"):
            schedule.set_baseline(manager, project="SITE", name=name)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            plans.baselines(site("manager"), project="SITE")
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("wrong", [{"units": Decimal(0)}, {"units": Decimal(10**9)}, {"work_hours": Decimal(-1)}])
def test_units_and_work_stay_within_reason(site: House, wrong: dict[str, Decimal]) -> None:
    manager = site("manager")
    schedule.start_plan(manager, project="SITE", start=DAY)
    task = schedule.add_task(manager, project="SITE", name="Build").task_id
    schedule.add_resource(manager, project="SITE", name="Crew")
    resource = plans.resources(manager, project="SITE")[0].id
    with pytest.raises(Invalid):
        schedule.assign(manager, task=task, resource=resource, **wrong)


# --- days and zones -------------------------------------------------------------------------


def test_today_is_the_projects_own_day(site: House) -> None:
    manager = site("manager")
    late = replace(manager, now=manager.now.replace(hour=20), cache={})
    project = charter(manager, project="SITE").id
    assert local_day(late, project=project) == late.now.date() + timedelta(days=1)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "UTC+1"])
def test_a_time_zone_that_nobody_knows_is_refused(house: House, zone: str) -> None:
    with pytest.raises(Invalid, match="time zone"):
        projects.create(house("manager"), key="ZONE", name="Zone", time_zone=zone)
