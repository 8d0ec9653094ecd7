"""The lines that the areas give: plans, hours, budgets, documents, approvals, mails, each to whom it concerns."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.approvals import commands as approvals
from headway.areas.budgets import commands as budgets
from headway.areas.budgets import expenses, invoices
from headway.areas.budgets.types import Basis
from headway.areas.comms import commands as comms
from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables.types import Colour
from headway.areas.desk.types import DeskLine, Group
from headway.areas.hours import closing
from headway.areas.hours import commands as hours
from headway.areas.projects import attention, keeping
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Charter, Stage
from headway.areas.schedule import commands as schedule
from headway.areas.schedule.outlook import outlook
from headway.areas.schedule.queries import resources, tasks
from headway.kernel.context import Context, _Work, system_context
from tests.areas.desk.conftest import House, lines, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(house: House, site: Charter) -> dict[str, int]:
    """Build (5 days from Mon 23 Feb, by the member), then Test and the milestone Live; a baseline. Ids by name."""
    ctx = house("manager")
    schedule.start_plan(ctx, project="SITE", start=date(2026, 2, 23))
    build = schedule.add_task(ctx, project="SITE", name="Build", duration="4d").task_id
    assert build is not None
    test = schedule.add_task(ctx, project="SITE", name="Test", duration="5d", predecessors=[build]).task_id
    assert test is not None
    schedule.add_task(ctx, project="SITE", name="Live", milestone=True, predecessors=[test])
    schedule.add_resource(ctx, project="SITE", name="Max", person=person(house, "member"))
    schedule.assign(ctx, task=build, resource=resources(ctx, project="SITE")[0].id)
    schedule.set_baseline(ctx, project="SITE", name="Agreed")
    return {row.name: row.id for row in tasks(ctx, project="SITE").items}


def later(ctx: Context, day: int) -> Context:
    """The same person on another day of March 2026."""
    return ctx.but(now=datetime(2026, 3, day, 9, tzinfo=UTC))


def test_a_late_critical_task_says_how_far_it_moves_the_finish(house: House, planned: dict[str, int]) -> None:
    found = lines(house("manager"))
    line = next(found[key] for key in found if key.startswith("late:"))
    assert (line.group, line.what) == (Group.LATE, "Build")
    assert line.reason == "finish 2 working days late"  # planned for Thu 26 Feb, today is Mon 2 Mar
    assert line.consequence.startswith(
        "moves the finish of Thu, Mar 5 by 2 working days; next critical milestone: Live"
    )
    assert ("moves the finish by 2 working days", 12) in [(item.words, item.points) for item in line.factors]
    assert (line.act.use_case, line.act.inputs) == ("schedule.set_progress", {"task": planned["Build"]})


def test_whoever_does_the_task_sees_it_and_who_waits(house: House, planned: dict[str, int]) -> None:
    line = lines(house("member"))[f"task:{planned['Build']}"]
    assert (line.group, line.reason) == (Group.LATE, "finish 2 working days late")
    assert line.consequence == "moves the finish by 2 working days; waits for it: Test"
    assert not any(key.startswith("late:") for key in lines(house("member")))


def test_a_finished_task_leaves_both_desks(house: House, planned: dict[str, int]) -> None:
    schedule.set_progress(house("member"), task=planned["Build"], percent_complete=Decimal(100))
    assert f"task:{planned['Build']}" not in lines(house("member"))
    assert not any(key.startswith("late:") for key in lines(house("manager")))


def test_lines_of_a_plan_are_kept_until_its_project_changes(house: House, planned: dict[str, int]) -> None:
    first = lines(house("manager"))
    assert any(key.startswith("late:") for key in first)
    with CaptureQueriesContext(connection) as sent:
        assert lines(house("associate")).keys() == first.keys()
    assert not any("schedule_baselinetask" in asked["sql"] for asked in sent)
    schedule.set_progress(house("member"), task=planned["Build"], percent_complete=Decimal(100))
    assert not any(key.startswith("late:") for key in lines(house("manager")))
    assert any(key.startswith("progress:") for key in lines(later(house("manager"), 20)))


def test_a_stage_that_changes_while_lines_are_made_is_not_kept_as_it_was(
    house: House, planned: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thursday: the week's report is missing. It is closed down between reading the stage and the chain's head."""
    heads = keeping._heads

    def closing(project_ids: Collection[int]) -> dict[int, str]:
        monkeypatch.setattr(keeping, "_heads", heads)
        projects.set_stage(house("manager"), project="SITE", stage=Stage.CLOSING)
        return heads(project_ids)

    monkeypatch.setattr(keeping, "_heads", closing)
    assert any(key.startswith("report:") for key in lines(later(house("manager"), 5)))
    assert not any(key.startswith("report:") for key in lines(later(house("manager"), 5)))


def test_what_a_command_reads_of_its_own_changes_is_not_kept(house: House, planned: dict[str, int]) -> None:
    asked: list[list[int]] = []

    def make(ctx: Context, project_ids: list[int]) -> dict[int, list[str]]:
        asked.append(project_ids)
        return {project: ["line"] for project in project_ids}

    reading = house("manager")
    changing = replace(reading, cache={}, work=_Work())
    for ctx, times in ((changing, 1), (changing, 2), (reading, 3), (reading, 3)):
        assert list(attention.kept_of_led(ctx, "made in a test", make).values()) == [["line"]]
        assert len(asked) == times


def test_a_missed_deadline_and_a_milestone_behind_the_baseline(house: House, planned: dict[str, int]) -> None:
    ctx = house("manager")
    schedule.edit_task(ctx, task=planned["Test"], deadline=datetime(2026, 3, 6, 17), duration="8d")
    found = {line.key.split(":")[0]: line for line in lines(ctx).values()}
    assert found["deadline"].what == "Deadline of Test"
    assert found["deadline"].reason == "the plan misses Fri, Mar 6 by 2 working days"
    assert found["milestone"].what == "Milestone Live"
    assert found["milestone"].reason == "3 working days behind the baseline"
    assert "deadline" not in {line.key.split(":")[0] for line in lines(house("approver")).values()}


def test_a_summary_past_its_deadline_is_told_until_all_of_it_is_done(
    house: House, site: Charter, planned: dict[str, int]
) -> None:
    ctx = house("manager")
    phase = schedule.add_task(ctx, project="SITE", name="Phase").task_id
    part = schedule.add_task(ctx, project="SITE", name="Part", duration="10d", level=2).task_id
    assert phase is not None
    assert part is not None
    schedule.edit_task(ctx, task=phase, deadline=datetime(2026, 3, 4, 17))
    assert lines(ctx)[f"deadline:{site.id}"].what == "Deadline of Phase"
    seen = outlook(ctx, site.id, as_of=date(2026, 3, 2))
    assert seen is not None
    assert seen.lost == ("Phase",)
    schedule.set_progress(ctx, task=part, percent_complete=Decimal(100))
    assert f"deadline:{site.id}" not in lines(ctx)


def test_hours_are_handed_in_by_oneself_and_approved_by_who_may(house: House, site: Charter) -> None:
    for day, worked in ((24, 6), (25, 7)):
        hours.log(house("member"), project="SITE", day=date(2026, 2, day), hours=Decimal(worked), note="Built")
    own = lines(house("member"))["timesheet:2026-02-23"]
    assert (own.group, own.reason) == (Group.LATE, "13 h on 1 project entered and not handed in")
    assert own.personal
    assert own.act.use_case == "hours.submit_week"
    hours.submit(house("member"), project="SITE", first=date(2026, 2, 23), last=date(2026, 3, 1))
    assert "timesheet:2026-02-23" not in lines(house("member"))
    waiting = lines(house("manager"))[f"hours:{site.id}"]
    assert (waiting.group, waiting.people) == (Group.ASKED, ("Max Member",))
    assert f"hours:{site.id}" not in lines(house("associate"))  # who may not approve


def test_a_month_that_is_over_is_to_be_closed_from_its_third_working_day_on(house: House, site: Charter) -> None:
    hours.log(house("member"), project="SITE", day=date(2026, 2, 24), hours=Decimal(6))
    hours.submit(house("member"), project="SITE", first=date(2026, 2, 23), last=date(2026, 3, 1))

    def on(day: int, who: str = "manager") -> Context:
        ctx = house(who)
        return ctx.but(now=ctx.now.replace(day=day))

    assert "month:2026-02-01" not in lines(on(3))
    told = lines(on(4))["month:2026-02-01"]
    assert (told.what, told.reason) == (
        "February 2026 is not closed on Acme web site",
        "over since Sat, Feb 28; 1 of 1 with hours not approved",
    )
    assert (told.act.page, told.act.page_day, told.act.page_keys) == ("month_close", date(2026, 2, 1), ("SITE",))
    assert "month:2026-02-01" not in lines(on(4, "associate"))  # who may not close
    hours.approve(on(4), project="SITE", first=date(2026, 2, 23), last=date(2026, 3, 1))
    assert lines(on(4))["month:2026-02-01"].reason == "over since Sat, Feb 28; all hours approved"
    closing.close_month(on(4), project="SITE", month=date(2026, 2, 1))
    assert "month:2026-02-01" not in lines(on(4))


def test_a_week_without_hours_is_told_to_who_had_tasks(house: House, planned: dict[str, int]) -> None:
    assert lines(house("member"))["no-hours:2026-02-23"].act.page == "my_week"
    hours.log(house("member"), project="SITE", day=date(2026, 2, 24), hours=Decimal(1), note="Built")
    assert "no-hours:2026-02-23" not in lines(house("member"))


def test_budget_lines_and_changes(house: House, site: Charter) -> None:
    budget = budgets.add_budget(house("associate"), project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(10))
    assert lines(house("manager"))[f"new-budget:{budget.id}"].group is Group.DECIDE
    hours.log(house("member"), project="SITE", day=date(2026, 2, 24), hours=Decimal(9), note="Built")
    budgets.raise_alerts(house("manager"), project=site.id)
    assert lines(house("associate"))[f"budget:{budget.id}"].group is Group.LATE
    change = budgets.request_change(house("associate"), project="SITE", title="More", reason="Asked", hours=Decimal(5))
    asked, wanted = lines(house("manager"))[f"change:{change.id}"], lines(house("associate"))
    assert (asked.group, asked.people) == (Group.DECIDE, ("Asha Associate",))
    assert wanted[f"asked-change:{change.id}"].group is Group.WAITING


def test_expenses_to_approve_and_invoices_overdue(house: House, site: Charter) -> None:
    own = expenses.add_expense(
        house("member"), project="SITE", day=date(2026, 2, 24), description="Train", amount=Decimal(100), kind="Travel"
    )
    asked = lines(house("manager"))[f"expenses:{site.id}"]
    assert (asked.group, asked.what) == (Group.ASKED, "1 expense of Max Member")
    assert "100.00" in asked.reason
    assert f"expenses:{site.id}" not in lines(house("member"))
    expenses.approve_expense(house("manager"), expense=own.id)
    assert f"expenses:{site.id}" not in lines(house("manager"))
    for number, due in (("A-1", date(2026, 2, 27)), ("A-2", date(2026, 3, 31))):
        invoices.add_invoice(
            house("manager"), project="SITE", number=number, day=date(2026, 2, 1), amount=Decimal(1500), due=due
        )
    late = lines(house("manager"))[f"invoices:{site.id}"]
    assert (late.group, late.what) == (Group.LATE, "Invoice A-1")
    assert f"invoices:{site.id}" not in lines(house("member"))


def test_approvals_stand_with_who_is_asked_and_who_asked(house: House, site: Charter) -> None:
    row = approvals.ask(
        house("associate"),
        subject="projects.Project",
        subject_id=site.id,
        project_id=site.id,
        title="Status of week 9",
        shown="All of it",
        digest="d" * 64,
        approvers=(person(house, "approver"), person(house, "client")),
        due=date(2026, 2, 25),
    )
    asked: DeskLine = lines(house("approver"))[f"approval:{row.id}"]
    assert (asked.group, asked.reason, asked.personal) == (Group.DECIDE, "answer 3 working days late", True)
    mine = lines(house("associate"))[f"asked-approval:{row.id}"]
    assert (mine.group, mine.people) == (Group.WAITING, ("Abel Approver", "Cleo Client"))
    assert f"approval:{row.id}" not in lines(house("manager"))


def test_the_weeks_report_is_missed_from_thursday_on(house: House, site: Charter) -> None:
    key = f"report:{site.id}"
    assert key not in lines(house("associate"))
    line = lines(later(house("associate"), 5))[key]
    assert (line.group, line.reason, line.due) == (Group.SEND, "none was prepared yet", date(2026, 3, 6))
    assert line.act.use_case == "reports.prepare"
    assert key not in lines(later(house("member"), 5))


def test_worse_health_is_told_to_who_leads(house: House, site: Charter) -> None:
    ctx = house("manager")
    for day, colour in ((20, Colour.GREEN), (27, Colour.RED)):
        row = deliverables.number_snapshot(
            ctx, project="SITE", kind="status", as_of=date(2026, 2, day), audience="internal"
        )
        said = [("Risk", "Green", "No risk is open."), ("KPIs", colour.value.title(), "KPI-1 Orders in time says so.")]
        rag = [{"dimension": name, "colour": word, "reason": why} for name, word, why in said]
        data = {"snapshot": json.dumps({"rag": rag})}
        deliverables.freeze_snapshot(ctx, snapshot=row.id, data=data, digest="d", overall=colour)
    line = lines(ctx)[f"health:{site.id}"]
    assert line.what == "Health went from green to red"
    assert [(one.figure, one.formula) for one in line.evidence[1:]] == [("KPIs", "KPI-1 Orders in time says so.")]
    assert f"health:{site.id}" not in lines(house("member"))


def test_an_import_with_open_questions_waits_for_answers(house: House, site: Charter) -> None:
    ctx = house("manager")
    batch = projects.open_import(
        ctx, project="SITE", kind="hours", file_id=1, file_name="hours.csv", answers={}, mapping={}
    )
    asked = {"questions": [{"field": "date_order", "choices": ["dmy", "mdy"]}]}
    projects.keep_preview(ctx, batch=batch.id, parsed={}, preview=asked, failed=False)
    line = lines(house("associate"))[f"import:{batch.id}"]
    assert (line.group, line.reason, line.act.label) == (Group.DECIDE, "1 question is open", "Answer")
    assert f"import:{batch.id}" not in lines(house("member"))


def test_a_mail_that_failed_can_be_tried_again(house: House, site: Charter) -> None:
    system = system_context("a test").but(now=house("manager").now)
    mail = comms.queue(
        system,
        event_key="system:a-test",
        subject_kind="projects.Project",
        subject_id=site.id,
        project_id=site.id,
        approval_id=None,
        recipients=("cleo@example.org",),
        subject="Status",
        body="Here it is",
    )
    assert f"mail:{mail.id}" not in lines(house("manager"))
    comms.note_failure(system, mail=mail.id, error="550 no such user", final=True)
    line = lines(house("manager"))[f"mail:{mail.id}"]
    assert (line.group, line.reason) == (Group.SEND, "not sent: 550 no such user")
    assert (line.act.use_case, line.act.inputs) == ("comms.retry", {"mail": mail.id})
    assert f"mail:{mail.id}" not in lines(house("member"))


def test_old_progress_is_told_before_it_turns_figures_grey(house: House, planned: dict[str, int]) -> None:
    ctx = house("manager")
    schedule.set_status_date(ctx, project="SITE", status_date=date(2026, 3, 2))
    schedule.set_progress(house("member"), task=planned["Build"], percent_complete=Decimal(50))
    families = {key.split(":")[0] for key in lines(later(ctx, 9))}
    assert "progress" not in families
    old = [line for line in lines(later(ctx, 14)).values() if line.key.startswith("progress:")]
    assert [line.reason for line in old] == ["last entered Mon, Mar 2, 12 days ago"]
    assert old[0].consequence == "Schedule and Cost are Grey until it is entered"
