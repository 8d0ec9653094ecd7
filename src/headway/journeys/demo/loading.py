"""The demo: one small project of a web agency, eight weeks under way, through the importers and commands users have.

Dates hang on the day it is loaded, so that the week on the screen is always this week. Nothing here writes past a
command; a plan file and an hours export are written to a private folder and imported as anybody's would be.
"""

from __future__ import annotations

import csv
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis, BudgetKind
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.people import commands as people
from headway.areas.people import queries as who
from headway.areas.people.types import OrganisationKind, PersonRow, Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import DecisionOption, Engagement, Objective, Raci, Severity, Stage
from headway.documents.exchange import write_plan
from headway.engine import plan as engine
from headway.engine.calendars import standard_calendar
from headway.engine.cpm import schedule
from headway.engine.units import ZERO_WORK, WorkTime
from headway.journeys import imports
from headway.journeys.demo.people import DemoUser
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import Conflict

_DAY = 4800  # tenths of a minute in eight hours
_WEEKS_GONE = 8
PROJECT = "ACME"


# name, e-mail, organisation role, role on the project, title
_PEOPLE = (
    ("Mara Lindqvist", "mara@brightwater.example", Role.MANAGER, Role.MANAGER, "Project manager"),
    ("Tom Okafor", "tom@brightwater.example", Role.ASSOCIATE, Role.ASSOCIATE, "Associate project manager"),
    ("Ines Duarte", "ines@brightwater.example", Role.APPROVER, Role.APPROVER, "Account director"),
    ("Sofia Brandt", "sofia@brightwater.example", Role.SENIOR_READER, None, "Managing director"),
    ("Ben Sato", "ben@brightwater.example", Role.MEMBER, Role.MEMBER, "UX designer"),
    ("Lea Novak", "lea@brightwater.example", Role.MEMBER, Role.MEMBER, "Front-end developer"),
    ("Omar Haddad", "omar@brightwater.example", Role.MEMBER, Role.MEMBER, "Back-end developer"),
    ("Priya Raman", "priya@brightwater.example", Role.TESTER, Role.TESTER, "Quality lead"),
    ("Carol Whitfield", "carol@acme.example", Role.CLIENT, Role.CLIENT, "Head of e-commerce"),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One task: outline level, name, days planned, days it takes, predecessors by row number, who does it."""

    level: int
    name: str
    planned: float = 0
    real: float | None = None
    after: tuple[int, ...] = ()
    by: str = ""
    deadline: bool = False


_ROWS = (
    _Row(1, "Discover"),
    _Row(2, "Kick-off workshop", 1, by="Mara Lindqvist"),
    _Row(2, "Stakeholder interviews", 4, after=(2,), by="Ben Sato"),
    _Row(2, "Analytics and SEO audit", 5, after=(2,), by="Lea Novak"),
    _Row(2, "Brief agreed", after=(3, 4), by="Mara Lindqvist"),
    _Row(1, "Design"),
    _Row(2, "Information architecture", 5, after=(5,), by="Ben Sato"),
    _Row(2, "Wireframes", 6, 8, after=(7,), by="Ben Sato"),
    _Row(2, "Visual design", 8, 9, after=(8,), by="Ben Sato"),
    _Row(2, "Content model", 4, after=(7,), by="Omar Haddad"),
    _Row(2, "Design approved", after=(9,), by="Carol Whitfield"),
    _Row(1, "Build"),
    _Row(2, "Platform and environments", 5, after=(5,), by="Omar Haddad"),
    _Row(2, "Design system in code", 8, 9, after=(8,), by="Lea Novak"),
    _Row(2, "Templates", 12, 14, after=(11, 14), by="Lea Novak"),
    _Row(2, "Catalogue and search", 12, 15, after=(10, 13), by="Omar Haddad"),
    _Row(2, "Checkout", 10, after=(16,), by="Omar Haddad"),
    _Row(2, "Analytics and consent", 4, after=(15,), by="Lea Novak"),
    _Row(2, "Feature complete", after=(17, 18), by="Mara Lindqvist"),
    _Row(1, "Content"),
    _Row(2, "Content plan", 3, after=(10,), by="Tom Okafor"),
    _Row(2, "Product texts from client", 15, 18, after=(21,), by="Carol Whitfield"),
    _Row(2, "Content entry", 8, after=(15, 22), by="Tom Okafor"),
    _Row(2, "Redirect map", 4, after=(21,), by="Lea Novak"),
    _Row(1, "Test"),
    _Row(2, "Test plan", 3, after=(11,), by="Priya Raman"),
    _Row(2, "System test", 6, after=(19, 26), by="Priya Raman"),
    _Row(2, "Accessibility and speed", 3, after=(19,), by="Priya Raman"),
    _Row(2, "Acceptance by the client", 5, after=(23, 27, 28), by="Carol Whitfield"),
    _Row(2, "Acceptance signed", after=(29,), by="Carol Whitfield", deadline=True),
    _Row(1, "Launch"),
    _Row(2, "Cut-over rehearsal", 2, after=(24, 27), by="Omar Haddad"),
    _Row(2, "Go-live", after=(30, 32), by="Mara Lindqvist", deadline=True),
    _Row(2, "Hypercare", 10, after=(33,), by="Omar Haddad"),
    _Row(2, "Project closed", after=(34,), by="Mara Lindqvist"),
)


def load_demo(ctx: Context) -> tuple[DemoUser, ...]:
    """Fill an empty installation; gives every user with a one-time password. Conflict where people exist already."""
    system = system_context("demo", channel=Channel.SYSTEM).but(now=ctx.now)
    users = _set_up(system)
    manager = _acting(system, "mara@brightwater.example")
    associate = _acting(system, "tom@brightwater.example")
    start = _start(ctx.now.date())
    _project(system, manager, start)
    _plan(associate, start, ctx.now.date())
    _money(system, manager, start)
    _hours(associate, start, ctx.now.date())
    _registers(associate, manager, ctx.now.date())
    return users


def _acting(system: Context, email: str) -> Context:
    user = who.user_by_email(email)
    actor = who.actor_of(user) if user is not None else None
    if actor is None:
        raise Conflict(f"The demo's user {email} is missing.")
    return system.but(actor=actor)


def _set_up(system: Context) -> tuple[DemoUser, ...]:
    password = _password()
    people.set_up(
        system,
        organisation="Brightwater Digital",
        name="Alex Admin",
        email="admin@brightwater.example",
        password=password,
        currency="EUR",
        time_zone="UTC",
    )
    users = [DemoUser("Alex Admin", "admin@brightwater.example", Role.ADMINISTRATOR.value, password)]
    client = people.add_organisation(system, name="Acme Outdoor", kind=OrganisationKind.CLIENT)
    for name, email, role, _, title in _PEOPLE:
        password = _password()
        home = client.id if role is Role.CLIENT else None
        row = people.add_user(system, name=name, email=email, role=role, password=password, organisation=home)
        people.edit_person(system, person=row.id, job_title=title)
        users.append(DemoUser(name, email, role.value, password))
    return tuple(users)


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(4))


def _start(today: date) -> date:
    return today - timedelta(days=today.weekday(), weeks=_WEEKS_GONE)


def _people_by_name(ctx: Context) -> dict[str, PersonRow]:
    return {row.name: row for row in who.persons(ctx, limit=200).items}


def _project(system: Context, manager: Context, start: date) -> None:
    known = _people_by_name(system)
    client = next(row for row in who.organisations(system) if row.name == "Acme Outdoor")
    project = projects.create(
        manager,
        key=PROJECT,
        name="Acme web shop",
        client=client.id,
        purpose="Replace Acme Outdoor's ageing shop before the summer season.",
        starts_on=start,
        currency="EUR",
    )
    for name, _, _, role, _ in _PEOPLE:
        if role is not None and role is not Role.MANAGER:
            projects.set_member(manager, project=project.id, person=known[name].id, role=role)
    projects.edit(
        manager.but(expected_version=None),
        project=PROJECT,
        objectives=(Objective("More orders from phones", "share of phone orders", "from 31 % to 45 % in six months"),),
        success_measures=(
            Objective("Checkout completed", "completed / started", "at least 62 %"),
            Objective("Pages answer quickly", "largest contentful paint, p75", "under 2.0 s"),
        ),
        scope_in=("Catalogue of 1,200 products", "Search", "Checkout with two payment methods", "Content migration"),
        scope_out=("Warehouse interface", "Loyalty programme", "Hosting contract"),
    )
    projects.set_stage(manager, project=PROJECT, stage=Stage.DELIVERY)


# --- the plan -------------------------------------------------------------------------------


def demo_plan(start: date, today: date) -> engine.Plan:
    """The demo's plan with its baseline, progress up to yesterday, and what has slipped since."""
    settings = engine.ProjectSettings(
        name="Acme web shop",
        start=datetime.combine(start, time(8)),
        calendar_uid=1,
        status_date=datetime.combine(today, time(17)),
        currency="EUR",
        application="Headway demo",
    )
    names = list(dict.fromkeys(row.by for row in _ROWS if row.by))
    resources = tuple(engine.Resource(uid=n, id=n, name=name) for n, name in enumerate(names, 1))
    bare = engine.Plan(settings, (standard_calendar(),), tuple(_tasks(real=False)), tuple(_links()), resources)
    baseline = schedule(bare).by_uid()
    live = replace(bare, tasks=tuple(_tasks(real=True)))
    dates = schedule(live).by_uid()
    tasks = []
    for task in live.tasks:
        planned, now = baseline[task.uid], dates[task.uid]
        kept = engine.TaskBaseline(
            0, planned.start, planned.finish, planned.duration, None if task.summary else planned.duration
        )
        due = datetime.combine(planned.finish.date() + timedelta(days=7), time(17))
        with_base = replace(task, baselines=(kept,), deadline=due if _ROWS[task.uid - 1].deadline else None)
        tasks.append(with_base if task.summary else _progressed(with_base, now, today))
    return replace(live, tasks=tuple(tasks), assignments=tuple(_assignments(tuple(tasks), names)))


def _tasks(*, real: bool) -> Iterator[engine.Task]:
    parent = None
    for uid, row in enumerate(_ROWS, 1):
        parent = uid if row.level == 1 else parent
        days = row.real if real and row.real is not None else row.planned
        summary = row.level == 1
        amount = WorkTime(round(days * _DAY))
        yield engine.Task(
            uid=uid,
            id=uid,
            name=row.name,
            duration=engine.Duration(amount),
            outline_level=row.level,
            parent_uid=None if summary else parent,
            summary=summary,
            milestone=not summary and not amount,
            owner=row.by,
        )


def _links() -> Iterator[engine.Link]:
    for uid, row in enumerate(_ROWS, 1):
        for before in row.after:
            yield engine.Link(before, uid)


def _progressed(task: engine.Task, dates: engine.ScheduledTask, today: date) -> engine.Task:
    """Done up to yesterday evening: finished, running by the share of days gone, or not begun."""
    yesterday = datetime.combine(today, time(0))
    whole = task.duration.amount if task.duration else ZERO_WORK
    if dates.finish < yesterday:
        return replace(
            task,
            percent_complete=Decimal(100),
            actual_start=dates.start,
            actual_finish=dates.finish,
            actual_duration=whole,
            remaining_duration=ZERO_WORK,
        )
    if dates.start < yesterday and whole:
        gone = (yesterday - dates.start) / (dates.finish - dates.start)
        percent = Decimal(max(5, min(95, round(gone * 20) * 5)))
        done = WorkTime(int(whole.tenths * percent / 100))
        return replace(
            task,
            percent_complete=percent,
            actual_start=dates.start,
            actual_duration=done,
            remaining_duration=WorkTime(whole.tenths - done.tenths),
        )
    return task


def _assignments(tasks: tuple[engine.Task, ...], names: list[str]) -> Iterator[engine.Assignment]:
    for task in tasks:
        amount = task.duration.amount if task.duration else ZERO_WORK
        if task.summary or not amount or not task.owner:
            continue
        done = WorkTime(int(amount.tenths * task.percent_complete / 100))
        yield engine.Assignment(
            uid=task.uid,
            task_uid=task.uid,
            resource_uid=names.index(task.owner) + 1,
            work=amount,
            actual_work=done,
            remaining_work=WorkTime(amount.tenths - done.tenths),
        )


def _plan(ctx: Context, start: date, today: date) -> None:
    with tempfile.TemporaryDirectory(prefix="headway-demo-") as folder:
        path = Path(folder) / "Acme web shop.xml"
        write_plan(demo_plan(start, today), path)
        _imported(ctx, "plan", path, "application/xml")


def _imported(ctx: Context, kind: str, path: Path, media_type: str) -> None:
    stored = store.put_path(path, limit=50 * 1024 * 1024)
    kept = files.keep(ctx, name=path.name, media_type=media_type, sha256=stored.sha256, size=stored.size)
    batch = imports.preview(ctx, project=PROJECT, kind=kind, file=kept.id)
    if batch.preview.get("errors") or imports.open_questions(batch):
        raise Conflict(f"The demo's {kind} file was not taken: {batch.preview}")
    imports.apply(ctx, batch=batch.id)


# --- money and hours ------------------------------------------------------------------------

_RATES = {
    "Mara Lindqvist": (115, 68),
    "Tom Okafor": (95, 52),
    "Ben Sato": (110, 60),
    "Lea Novak": (110, 61),
    "Omar Haddad": (115, 64),
    "Priya Raman": (100, 56),
}


def _money(system: Context, manager: Context, start: date) -> None:
    known = _people_by_name(system)
    for name, (bill, cost) in _RATES.items():
        for kind, rate in ((RateKind.BILL, bill), (RateKind.COST, cost)):
            hours.set_rate(system, kind=kind, rate=Decimal(rate), currency="EUR", first=start, person=known[name].id)
    approver = _acting(system, "ines@brightwater.example")
    budget = budgets.add_budget(
        manager, project=PROJECT, name="Fixed fee, hours", basis=Basis.HOURS, amount=Decimal(1180),
        kind=BudgetKind.FIXED_FEE,
    )  # fmt: skip
    budgets.approve_budget(approver.but(expected_version=None), budget=budget.id)
    change = budgets.request_change(
        manager, project=PROJECT, title="Second payment method", reason="Asked for by the client", hours=Decimal(30),
        days=3,
    )  # fmt: skip
    budgets.approve_change(approver, change=change.id)
    budgets.request_change(
        manager, project=PROJECT, title="Gift vouchers in the checkout", reason="Client's marketing", hours=Decimal(45),
        days=4,
    )  # fmt: skip


_HARVEST = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,Approved?,First Name,Last Name,Employee Id,"
    "Roles,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,External Reference URL"
)


def hours_rows(start: date, today: date) -> Iterator[dict[str, str]]:
    """A Harvest export of the weeks gone: who worked on what, day by day; a little over the plan, as weeks are."""
    plan = demo_plan(start, today)
    dates = schedule(plan).by_uid()
    titles = {name: title for name, _, _, _, title in _PEOPLE}
    phases = {task.uid: plan.tasks[task.parent_uid - 1].name for task in plan.tasks if task.parent_uid}
    fields = _HARVEST.split(",")
    day = start
    while day < today:
        for name in _RATES:
            if day.weekday() > 4:
                continue
            running = [
                task
                for task in plan.tasks
                if task.owner == name
                and not task.summary
                and not task.milestone
                and task.percent_complete > 0
                and dates[task.uid].start.date() <= day <= dates[task.uid].finish.date()
            ]
            for task in running:
                yield _entry(
                    fields, day, name, titles[name], phases[task.uid], task.name, _amount(task, len(running), day)
                )
            if name in ("Mara Lindqvist", "Tom Okafor") and day.weekday() in (0, 3):
                yield _entry(fields, day, name, titles[name], "Management", "Status and planning", Decimal("2.5"))
            elif day.weekday() == 1:
                yield _entry(fields, day, name, titles[name], "Management", "Weekly meeting", Decimal(1))
        day += timedelta(days=1)


def _amount(task: engine.Task, running: int, day: date) -> Decimal:
    base = Decimal(7) if running == 1 else Decimal("3.75")
    return base + Decimal((task.uid * 7 + day.toordinal() * 3) % 5) * Decimal("0.25")


def _entry(
    fields: list[str], day: date, name: str, title: str, phase: str, note: str, amount: Decimal
) -> dict[str, str]:
    first, last = name.split(" ", 1)
    values = {
        "Date": day.isoformat(),
        "Client": "Acme Outdoor",
        "Project": "Acme web shop",
        "Project Code": PROJECT,
        "Task": phase,
        "Notes": note,
        "Hours": f"{amount.normalize():f}",
        "Billable?": "Yes" if phase != "Management" else "No",
        "Invoiced?": "No",
        "Approved?": "Yes",
        "First Name": first,
        "Last Name": last,
        "Roles": title,
        "Employee?": "Yes",
        "Currency": "Euro - EUR",
    }
    return {field: values.get(field, "") for field in fields}


def _hours(ctx: Context, start: date, today: date) -> None:
    with tempfile.TemporaryDirectory(prefix="headway-demo-") as folder:
        path = Path(folder) / "harvest_time_report.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _HARVEST.split(","))
            writer.writeheader()
            writer.writerows(hours_rows(start, today))
        _imported(ctx, "hours", path, "text/csv")


# --- registers ------------------------------------------------------------------------------


def _registers(associate: Context, manager: Context, today: date) -> None:
    known = _people_by_name(associate)
    week = timedelta(days=7)
    projects.add_risk(
        associate, project=PROJECT, title="Product texts arrive too late for content entry", probability=4, impact=4,
        cause="Two writers on the client's side, one on leave", effect="Acceptance starts without content",
        response="Weekly delivery in batches; freelance writer on call", response_due=today + week,
        owner=known["Tom Okafor"].id,
    )  # fmt: skip
    projects.add_risk(
        associate, project=PROJECT, title="Payment provider certifies after the go-live date", probability=3, impact=5,
        cause="Certification slots are booked for six weeks", effect="Go-live with one payment method",
        response="Slot reserved; invoice payment as fall-back", response_due=today + 2 * week,
        owner=known["Omar Haddad"].id,
    )  # fmt: skip
    projects.add_risk(
        associate, project=PROJECT, title="Search quality below expectations with real data", probability=3, impact=3,
        response="Test with the full catalogue before feature complete", response_due=today + 3 * week,
        owner=known["Lea Novak"].id,
    )  # fmt: skip
    projects.add_issue(
        associate, project=PROJECT, title="Staging runs on an outdated product export", severity=Severity.HIGH,
        description="Acme's export job fails since the last release; a manual export is used.",
        owner=known["Omar Haddad"].id, due=today + timedelta(days=3),
    )  # fmt: skip
    projects.add_issue(
        associate, project=PROJECT, title="Consent banner not yet agreed with legal", severity=Severity.MEDIUM,
        description="Wording is with Acme's legal department.", owner=known["Carol Whitfield"].id, due=today + week,
    )  # fmt: skip
    projects.add_decision(
        associate, project=PROJECT, question="Launch with or without gift vouchers?",
        options=(
            DecisionOption("Without, vouchers in a second release", "Go-live date holds"),
            DecisionOption("With vouchers", "45 hours and four working days more"),
        ),
        recommendation="Launch without; vouchers six weeks later", decide_by=today + timedelta(days=4),
        cost_of_waiting="Each week of waiting moves the go-live by as much", owner=known["Carol Whitfield"].id,
    )  # fmt: skip
    projects.add_assumption(
        associate, project=PROJECT, text="Acme's product data are complete by the start of content entry",
        check_by=today + week, owner=known["Tom Okafor"].id,
    )  # fmt: skip
    for name, power, interest, now, wanted, raci in (
        ("Carol Whitfield", 5, 5, Engagement.SUPPORTIVE, Engagement.LEADING, Raci.ACCOUNTABLE),
        ("Ines Duarte", 4, 4, Engagement.LEADING, Engagement.LEADING, Raci.ACCOUNTABLE),
    ):
        projects.add_stakeholder(
            associate, project=PROJECT, name=name, person=known[name].id, power=power, interest=interest,
            engagement=now, desired=wanted, raci=raci,
        )  # fmt: skip
    projects.add_stakeholder(
        associate, project=PROJECT, name="Acme IT operations", organisation="Acme Outdoor", power=3, interest=2,
        engagement=Engagement.NEUTRAL, desired=Engagement.SUPPORTIVE, raci=Raci.CONSULTED,
        notes="Runs the product export and the domain.",
    )  # fmt: skip
