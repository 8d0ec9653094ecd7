"""The demo: three projects of an agency and a telecom company, ten weeks under way on the day of loading.

A fourth, small one was finished before them: what it took stands beside new estimates.
The weeks are lived again: plan files and hours exports are imported each Friday as anybody's would be, reports are
prepared and approved, each at its own hour. Nothing here writes past a command.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from headway.areas.approvals.types import Vote
from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis, BudgetKind
from headway.areas.comms import commands as comms
from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables.types import Format
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.people import commands as people
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Stage, State
from headway.areas.schedule import commands as schedule
from headway.areas.schedule.queries import resources
from headway.documents.exchange import write_plan
from headway.engine import plan as engine
from headway.journeys import imports, reports
from headway.journeys.demo import story
from headway.journeys.demo.agreed import agreed_lines
from headway.journeys.demo.changes import scope_and_changes
from headway.journeys.demo.days_off import days_off
from headway.journeys.demo.estimate import SHOP, estimate_sold
from headway.journeys.demo.finder import FINDER, SOLD, WEEKS
from headway.journeys.demo.hours import Busy, busy_days, write_hours
from headway.journeys.demo.house import DemoUser, acting, keep_standing, new_password
from headway.journeys.demo.method import prepare_launch
from headway.journeys.demo.metrics import kpis
from headway.journeys.demo.money import exchange_rates, money
from headway.journeys.demo.outlines import rows_of
from headway.journeys.demo.planning import Outline, plan_of
from headway.journeys.demo.promotion import PROMOTION
from headway.journeys.demo.risks import risks_in_days
from headway.journeys.demo.rollout import ROLLOUT
from headway.journeys.demo.story import CAST, NAMES, WEEKS_GONE, Report, Story, start_of
from headway.journeys.demo.talk import talk
from headway.journeys.demo.ties import tie_projects
from headway.journeys.demo.website import WEBSITE
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import Conflict
from headway.kernel.registry import UseCase
from headway.reports.status_snapshot import Audience

STORIES = (ROLLOUT, WEBSITE, PROMOTION)
PROJECT = WEBSITE.key
_ADMIN = DemoUser("Alex Winter", "admin@brightwater.example", Role.ADMINISTRATOR.value, "", "Systems manager")
_REPORTING_WEEKS = 3  # weeks ago from which on plan, hours and status are kept each Friday
_RATES_BEFORE = timedelta(weeks=26)  # the rate cards are older than the projects
_MOST = 50 * 1024 * 1024
_FORMATS = {"sent": (Format.DOCX,), "approved": (Format.DOCX,), "in review": (Format.DOCX, Format.PDF)}
_EMAILS = {member.first: member.email for member in CAST}


def load_demo(ctx: Context) -> tuple[DemoUser, ...]:
    """Fill an empty installation, all or nothing; gives every user with a one-time password.

    Raises Conflict where people exist already.
    """
    with transaction.atomic():  # a first start that is ended halfway begins anew, and its passwords were never shown
        return _lived(ctx)


def _lived(ctx: Context) -> tuple[DemoUser, ...]:
    today = ctx.now.date()
    begin = datetime.combine(start_of(today), time(8), UTC)
    system = system_context("demo", channel=Channel.SYSTEM).but(now=begin)
    users, known = _set_up(system)
    _Project(FINDER, known, today, start_of(today) - timedelta(weeks=WEEKS + 1)).finished(system)
    projects_of = tuple(_Project(one, known, today, start_of(today)) for one in STORIES)
    busy = busy_days(((project.story, project.plan(today)) for project in projects_of), start_of(today), today)
    for project in projects_of:
        project.busy = busy
    for week in range(WEEKS_GONE):
        friday = begin + timedelta(days=7 * week + 4, hours=7)
        at = system.but(now=min(friday, ctx.now))
        for project in projects_of:
            project.week(at, week)
    exchange_rates(system, start_of(today) - _RATES_BEFORE)
    for project in projects_of:
        project.this_week(system.but(now=ctx.now))
    tie_projects(acting(system.but(now=ctx.now), _EMAILS["Mara"]))
    talk(lambda first: acting(system.but(now=ctx.now), _EMAILS[first]))
    days_off(system.but(now=ctx.now), lambda first: acting(system.but(now=ctx.now), _EMAILS[first]), today)
    prepare_launch(acting(system.but(now=ctx.now), _EMAILS["Mara"]), PROJECT)
    for project in projects_of:
        keep_standing(system.but(now=ctx.now), project.id)
    return users


# --- people ---------------------------------------------------------------------------------


def _set_up(system: Context) -> tuple[tuple[DemoUser, ...], dict[str, int]]:
    """The house with everybody in it; the users, and the ids of persons and organisations by name."""
    password = new_password()
    people.set_up(
        system,
        organisation=story.OWN,
        name=_ADMIN.name,
        email=_ADMIN.email,
        password=password,
        currency="EUR",
        time_zone="UTC",
    )
    users = [DemoUser(_ADMIN.name, _ADMIN.email, _ADMIN.role, password, _ADMIN.title)]
    known = {name: people.add_organisation(system, name=name, kind=kind).id for name, kind in story.ORGANISATIONS}
    for member in CAST:
        home = known.get(member.organisation)
        if member.role is None:
            row = people.add_person(system, name=member.name, organisation=home, job_title=member.title)
        else:
            password = new_password()
            row = people.add_user(
                system, name=member.name, email=member.email, role=member.role, password=password, organisation=home
            )
            people.edit_person(system, person=row.id, job_title=member.title)
            users.append(DemoUser(member.name, member.email, member.role.value, password, member.title))
        known[member.name] = row.id
        for kind, rate in ((RateKind.BILL, member.bill), (RateKind.COST, member.cost)):
            if rate:
                first = system.now.date() - _RATES_BEFORE
                hours.set_rate(system, kind=kind, rate=Decimal(rate), currency="EUR", first=first, person=row.id)
    for name, firsts in story.TEAMS:
        people.set_team(system, name=name, members=tuple(known[NAMES[first]] for first in firsts))
    return tuple(users), known


class _Project:
    """One project, week by week."""

    def __init__(self, told: Story, known: dict[str, int], today: date, start: date) -> None:
        self.story, self.known, self.today, self.start = told, known, today, start
        self.outline = Outline(told.name, rows_of(told.rows, NAMES, told.notes), "EUR", NAMES[told.manager])
        self.imported = self.start  # the first day whose hours are not imported yet
        self.busy: Busy = {}
        self.decided: list[Callable[[Context], object]] = []

    def week(self, at: Context, week: int) -> None:
        """What happened in one of the past weeks, noted on its Friday."""
        if week == 0:
            self._begin(at.but(now=at.now - timedelta(days=4, hours=6)))
        self._registers(at, week)
        ago = WEEKS_GONE - week
        if ago > _REPORTING_WEEKS:
            return
        friday = at.now.date()
        self._plan(at, friday + timedelta(days=1))
        self._hours(at, friday + timedelta(days=1))
        manager = self._as(at, self.story.manager)
        reports.take_snapshot(manager, project=self.id, as_of=friday, audience=Audience.INTERNAL)
        for report in self.story.reports:
            if report.weeks_ago == ago:
                self._report(at, report)
        keep_standing(at, self.id)

    def this_week(self, at: Context) -> None:
        """Where the project stands this morning; this week's hours are drafts, and some are not in before its end."""
        self._plan(at, self.today)
        self._hours(at, self.today, without=self.story.late if self.today.weekday() < 6 else ())
        self._settle(at)
        if self.story is WEBSITE:
            scope_and_changes(lambda first: self._as(at, first), self._person, self.id, self.today)
            risks_in_days(lambda first: self._as(at, first), self.id)
            estimate_sold(lambda first: self._as(at, first), self.id, self.today, self._person("Ines"), SHOP)
        if self.story is ROLLOUT:
            agreed_lines(lambda first: self._as(at, first), self._person, self.id)
        money(lambda first: self._as(at, first), self.id, self.story.key, self.start, self.today)
        kpis(lambda first: self._as(at, first), self._person, self.id, self.story.key, self.today)
        keep_standing(at, self.id)

    def finished(self, system: Context) -> None:
        """A whole project that is over: estimated, planned, worked, reported and closed."""
        at = system.but(now=datetime.combine(self.start, time(8), UTC))
        self._begin(at)
        estimate_sold(lambda first: self._as(at, first), self.id, self.start, self._person("Ines"), SOLD)
        self._registers(at, 0)
        end = self.start + timedelta(weeks=WEEKS)
        at = system.but(now=datetime.combine(end, time(15), UTC))
        self._settle(at)
        self._plan(at, end)
        self._hours(at, end)
        self._report(at, *self.story.reports)
        projects.set_stage(self._as(at, self.story.manager), project=self.id, stage=Stage.CLOSED)
        keep_standing(at, self.id)

    def _as(self, at: Context, first: str) -> Context:
        return acting(at, _EMAILS[first])

    # --- the first day ----------------------------------------------------------------------

    def _begin(self, at: Context) -> None:
        told, manager = self.story, self._as(at, self.story.manager)
        self.id = projects.create(
            manager,
            key=told.key,
            name=told.name,
            client=self.known[told.client],
            purpose=told.purpose,
            starts_on=self.start,
            currency="EUR",
        ).id
        for first, role in told.team:
            projects.set_member(manager, project=self.id, person=self._person(first), role=role)
        projects.edit(
            manager,
            project=self.id,
            objectives=told.objectives,
            success_measures=told.measures,
            scope_in=told.scope_in,
            scope_out=told.scope_out,
        )
        for one in told.stakeholders:
            projects.add_stakeholder(
                manager,
                project=self.id,
                name=one.name,
                person=self.known[one.name] if one.person else None,
                organisation=one.organisation,
                power=one.power,
                interest=one.interest,
                engagement=one.now,
                desired=one.wanted,
                raci=one.raci,
                notes=one.notes,
            )
        self._plan(at, self.start)
        for resource in resources(manager, project=self.id):
            schedule.match_resource(manager, resource=resource.id, person=self.known[resource.name])
        projects.set_stage(manager, project=self.id, stage=Stage.DELIVERY)
        budget = budgets.add_budget(
            manager,
            project=self.id,
            name="Fixed fee, hours",
            basis=Basis.HOURS,
            amount=Decimal(told.budget),
            kind=BudgetKind.FIXED_FEE,
        )
        budgets.approve_budget(self._as(at, "Ines"), budget=budget.id)

    def _person(self, first: str) -> int:
        return self.known[NAMES[first]]

    # --- files ------------------------------------------------------------------------------

    def plan(self, morning: date) -> engine.Plan:
        """The plan as it is known on a morning."""
        return plan_of(self.outline, self.start, morning)

    def _plan(self, at: Context, morning: date) -> None:
        """The plan's file as of a morning, imported by the associate."""
        with tempfile.TemporaryDirectory(prefix="headway-demo-") as folder:
            path = Path(folder) / f"{self.story.name}.xml"
            write_plan(self.plan(morning), path)
            self._import(at, "plan", path, "application/xml")

    def _hours(self, at: Context, until: date, *, without: tuple[str, ...] = ()) -> None:
        """The hours export of the days since the last one; whole weeks are handed in, older ones approved."""
        monday = until - timedelta(days=until.weekday())
        absent = {NAMES[first]: monday for first in without}
        with tempfile.TemporaryDirectory(prefix="headway-demo-") as folder:
            path = Path(folder) / f"harvest_time_report_{until - timedelta(days=1)}.csv"
            if not write_hours(path, self.story, self.plan(until), self.imported, until, busy=self.busy, absent=absent):
                return
            self._import(at, "hours", path, "text/csv")
        self.imported = until
        if until == self.today:
            return
        manager, sunday = self._as(at, self.story.manager), until - timedelta(days=6)
        for member in CAST:
            if member.bill:
                person = self.known[member.name]
                hours.submit(manager, project=self.id, first=self.start, last=until, person=person)
        hours.approve(manager, project=self.id, first=self.start, last=sunday)
        own = self._person(self.story.manager)  # which nobody approves of themselves
        hours.approve(acting(at, _ADMIN.email), project=self.id, first=self.start, last=sunday, person=own)

    def _import(self, at: Context, kind: str, path: Path, media_type: str) -> None:
        ctx = self._as(at, "Tom" if kind == "hours" or at.now.date() > self.start else self.story.manager)
        stored = store.put_path(path, limit=_MOST)
        kept = files.keep(ctx, name=path.name, media_type=media_type, sha256=stored.sha256, size=stored.size)
        batch = imports.preview(ctx, project=self.id, kind=kind, file=kept.id)
        if batch.preview.get("errors") or imports.open_questions(batch):
            raise Conflict(f"The demo's {kind} file was not taken: {batch.preview}")
        imports.apply(ctx, batch=batch.id)

    # --- registers --------------------------------------------------------------------------

    def _registers(self, at: Context, week: int) -> None:
        """What was entered that week, by the associate; what has been settled since is settled a week later."""
        ctx, told = self._as(at, "Tom"), self.story
        self._settle(at)
        for close in self._entered(ctx, week):
            self.decided.append(close)
        for change in told.changes:
            if change.week == week:
                row = budgets.request_change(
                    self._as(at, told.manager),
                    project=self.id,
                    title=change.title,
                    reason=change.reason,
                    hours=Decimal(change.hours),
                    days=change.days,
                )
                if change.approved:
                    budgets.approve_change(self._as(at, "Ines"), change=row.id)

    def _settle(self, at: Context) -> None:
        for act in self.decided:
            act(at)
        self.decided.clear()

    def _entered(self, ctx: Context, week: int) -> Iterator[Callable[[Context], object]]:
        """Enter the week's rows; gives what closes those that are closed since, to be called a week later."""
        told = self.story
        for risk in told.risks:
            if risk.week == week:
                number = projects.add_risk(
                    ctx, project=self.id, title=risk.title, probability=risk.probability, impact=risk.impact,
                    cause=risk.cause, effect=risk.effect, response=risk.response, response_due=self._day(risk.due),
                    owner=self._person(risk.owner),
                ).id  # fmt: skip
                if risk.closed:
                    yield self._later("Tom", projects.edit_risk, risk=number, state=State.CLOSED)
        for issue in told.issues:
            if issue.week == week:
                number = projects.add_issue(
                    ctx, project=self.id, title=issue.title, severity=issue.severity, description=issue.description,
                    owner=self._person(issue.owner), due=self._day(issue.due),
                ).id  # fmt: skip
                if issue.resolution:
                    yield self._later(
                        "Tom", projects.edit_issue, issue=number, resolution=issue.resolution, state=State.CLOSED
                    )
        for decision in told.decisions:
            if decision.week == week:
                number = projects.add_decision(
                    ctx, project=self.id, question=decision.question, options=decision.options,
                    recommendation=decision.recommendation, decide_by=self._day(decision.due),
                    cost_of_waiting=decision.waiting, owner=self._person(decision.owner),
                ).id  # fmt: skip
                if decision.outcome:
                    yield self._later(told.manager, projects.decide, decision=number, outcome=decision.outcome)
        for one in told.assumptions:
            if one.week == week:
                number = projects.add_assumption(
                    ctx, project=self.id, text=one.text, check_by=self._day(one.due), owner=self._person(one.owner)
                ).id
                if one.outcome:
                    yield self._later(
                        "Tom", projects.edit_assumption, assumption=number, outcome=one.outcome, state=State.CLOSED
                    )

    def _later(self, first: str, act: UseCase[Any], **values: Any) -> Callable[[Context], object]:
        """A use case that somebody calls at a later hour."""
        return lambda at: act(self._as(at, first), **values)

    def _day(self, after: int | None) -> date | None:
        """A day counted from today, moved off the weekend."""
        if after is None:
            return None
        day = self.today + timedelta(days=after)
        return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day

    # --- reports ----------------------------------------------------------------------------

    def _report(self, at: Context, report: Report) -> None:
        """A status pack of that Friday, as far on its way as the story says."""
        tom = self._as(at, "Tom")
        version = reports.prepare(
            tom, project=self.id, as_of=at.now.date(), client_copy=True, formats=_FORMATS[report.state]
        )
        request = reports.ask(
            tom,
            version=version.id,
            approvers=(self._person("Ines"),),
            recipients=self.story.receivers,
            mail_subject=f"{self.story.name}: status of {at.now:%d %B %Y}",
            mail_body=self.story.greeting,
            due=at.now.date() + timedelta(days=3),
        )
        if report.state == "in review":
            return
        ines = self._as(at, "Ines")
        reports.decide(ines, approval=request.id, decision=Vote.APPROVE, digest=request.digest)
        if report.state == "sent":
            mail = reports.send(tom, version=version.id)
            comms.note_sent(at, mail=mail.id, at=at.now)
            deliverables.note_sent(at, version=version.id)
