"""Two full projects of two clients, with a record of every kind in every state that a use case needs.

Everything is made through commands and journeys, as people would; each text of a side carries its marker word.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from headway.areas.approvals.queries import of_subject
from headway.areas.budgets import alert_mails, alerting, commitments, exchange, expenses, invoices, progress, retainers
from headway.areas.budgets import commands as budgets
from headway.areas.budgets import queries as budget_queries
from headway.areas.budgets.types import Basis
from headway.areas.capacity import commands as capacity
from headway.areas.capacity.proposal_types import Computed, PlanTold
from headway.areas.capacity.proposals import COMPUTED
from headway.areas.comms import commands as comms
from headway.areas.comms import commenting
from headway.areas.comms.queries import inbox
from headway.areas.comms.types import NoticeReason
from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables.types import Format
from headway.areas.desk import commands as desk
from headway.areas.estimates import approving
from headway.areas.estimates import commands as estimates
from headway.areas.estimates.types import Basis as EstimateBasis
from headway.areas.estimates.types import LineInput
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import closing, known_names, meetings, timing
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.method import checklists, recurring
from headway.areas.method import commands as method
from headway.areas.method import gates as method_gates
from headway.areas.method import rules as method_rules
from headway.areas.method.types import Rhythm
from headway.areas.metrics import commands as metrics
from headway.areas.metrics import sampling
from headway.areas.metrics.given import GivenSample, GivenTarget, Promised
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.areas.people import commands as people
from headway.areas.people import leave
from headway.areas.people.queries import actor_of, person_of_user, user_by_email
from headway.areas.people.types import DayOff, OrganisationKind, Role
from headway.areas.portfolio import commands as portfolio
from headway.areas.portfolio.types import Dimension, Health
from headway.areas.programme import commands as programme
from headway.areas.projects import commands as projects
from headway.areas.projects.lines import lines_among
from headway.areas.projects.types import DecisionOption, Objective, Stage
from headway.areas.schedule import answering, asking, figures, undoing, updates
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import fields as plan_fields
from headway.areas.schedule import queries as plans
from headway.areas.schedule import views as plan_views
from headway.areas.schedule.levelling import LevelMove, take_levelling
from headway.areas.schedule.looks import ViewSettings
from headway.areas.schedule.models import UpdateRequest
from headway.areas.schedule.question_types import GivenAnswer, Question, QuestionKind
from headway.areas.schedule.records import to_record
from headway.areas.schedule.update_types import TaskNews, UpdateDetail
from headway.areas.schedule.workloads import stamps_of
from headway.areas.scope import commands as scope
from headway.areas.scope import deciding
from headway.areas.scope import impacts as scope_impacts
from headway.areas.scope import options as scope_options
from headway.areas.scope import requests as scope_requests
from headway.areas.scope.types import Area as ImpactArea
from headway.areas.scope.types import ItemKind, Way
from headway.engine.cpm import schedule as compute
from headway.engine.planned_value import ProgressMethod
from headway.engine.retainer import Overage
from headway.journeys import (
    collecting,
    impact,
    imports,
    levelling,
    month_close,
    month_pack,
    preparing,
    report_templates,
    reports,
)
from headway.kernel.commands import maintenance
from headway.kernel.context import NOBODY, Actor, Channel, Context, system_context
from tests.conftest import NOW, PASSWORD
from tests.made_once import made_once
from tests.reports.samples import almost_empty

# Who tries each use case. Each works on side a in the role of his name, but the last, who manages side b.
ACTORS = (
    "nobody",
    "guest",
    "client",
    "tester",
    "member",
    "associate",
    "manager",
    "approver",
    "senior_reader",
    "administrator",
    "foreign_manager",
)
EVERYWHERE = frozenset({"senior_reader", "administrator"})
MISSING = 2**40
# One white point.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
)
DAY = date(2026, 2, 25)
CLOSED_DAY = date(2026, 1, 20)  # whose hours are approved
CALENDAR = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:{word}\nSUMMARY:Talk {word}\nDTSTART:20260226T090000Z\n"
    "DURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"
)
ASKED_BY = date(2030, 1, 2)  # ahead, by the clock of pages too
COST_RATE = {"a": Decimal("83.17"), "b": Decimal("91.37")}
BILL_RATE = {"a": Decimal("157.11"), "b": Decimal("163.23")}
SAMPLES = "Period,Numerator,Denominator\n2026-W08,99,100\n"
HARVEST = "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,First Name,Last Name"


class _Undo(Exception):
    """Leaves a savepoint as it was found."""


@contextmanager
def rolled_back() -> Iterator[None]:
    """What is written inside is gone afterwards."""
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        return


@dataclass
class Side:
    """One client's project: ids of its records by what they are ('risk', 'budget_proposed' …)."""

    name: str
    marker: str
    ids: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> int:
        try:
            return self.ids[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class World:
    """Both sides, and what belongs to each actor."""

    a: Side
    b: Side
    users: dict[str, int]
    folder: Path
    own: int = 0
    set_up_gave: Any = None
    invitation: str = ""
    invitation_id: int = 0
    holiday: int = 0
    exchange_rate: int = 0
    template: int = 0
    project_template: int = 0
    files: dict[str, int] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)
    plan_files: dict[str, int] = field(default_factory=dict)
    sample_files: dict[str, int] = field(default_factory=dict)
    pictures: dict[str, int] = field(default_factory=dict)
    team: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] | None = None  # read once, when the world is whole
    seen: dict[tuple[str, str, int], tuple[bool, int | None]] = field(default_factory=dict)  # by tests/house/trials.py

    def context(self, who: str) -> Context:
        """The context of an actor at a screen; 'system' is Headway itself."""
        if who == "system":
            return system_context("a test").but(now=NOW)
        actor = (self.actors or {}).get(who) or (NOBODY if who == "nobody" else actor_of(self.users[who]))
        assert actor is not None
        if self.actors is not None:
            self.actors[who] = actor
        return Context(actor=actor, now=NOW, channel=Channel.WEB)

    def person(self, who: str) -> int:
        """The id of the person; an administrator's for nobody, so that there is something to ask for."""
        found = person_of_user(self.users["administrator" if who in ("nobody", "system") else who])
        assert found is not None
        return found


def shared_world(folder: Path) -> World:
    """The world, built by the first test module of the process. The caller holds a transaction to roll it back."""
    return made_once(lambda: build(folder))


def build(folder: Path) -> World:
    """Make it all."""
    system = system_context("set up").but(now=NOW)
    made = people.set_up(
        system, organisation="Northwind", name="Ada Admin", email="administrator@example.org", password=PASSWORD
    )
    world = World(Side("a", "kestrel"), Side("b", "zanzibar"), {"administrator": _user("administrator")}, folder)
    world.set_up_gave = made
    world.own = made.organisation_id or 0
    admin = world.context("administrator")
    for side in (world.a, world.b):
        client = people.add_organisation(admin, name=f"Client {side.marker}", kind=OrganisationKind.CLIENT)
        side.ids["client"] = client.id
    for who in ACTORS[1:]:
        if who != "administrator":
            _add_user(world, who, Role("manager" if who == "foreign_manager" else who), world.a)
    for who, role in (("foreign_associate", Role.ASSOCIATE), ("foreign_client", Role.CLIENT)):
        _add_user(world, who, role, world.b)
    for who in (*ACTORS[1:], "foreign_associate"):
        ctx = world.context(who)
        world.tokens[who] = people.make_token(ctx, name=f"{who}'s token", scopes=("read",)).id
        world.files[who] = _hours_file(world, who, "kestrel" if who != "foreign_manager" else "zanzibar")
        world.plan_files[who] = _plan_file(ctx)
        world.sample_files[who] = _keep(ctx, "kpi.csv", SAMPLES.encode(), "text/csv")
        world.pictures[who] = _keep(ctx, "logo.png", PICTURE, "image/png")
        if who not in ("client", "guest"):
            world.views[who] = portfolio.save_view(ctx, name=f"View of {who}", settings={}).id
    invited = people.invite(admin, name="Ines Invited", email="ines@example.org", role=Role.MEMBER)
    world.invitation, world.invitation_id = invited.token, invited.id
    world.holiday = people.add_holidays(admin, days=(DayOff(date(2026, 12, 25), "Christmas Day"),))[0].id
    world.template = report_templates.set_template(admin, title="Weekly status").id
    world.team = people.set_team(admin, name="Crew", members=(world.person("member"),)).id
    _fill(world, world.a, manager="manager", associate="associate", worker="member", client="client")
    _fill(
        world,
        world.b,
        manager="foreign_manager",
        associate="foreign_associate",
        worker="foreign_associate",
        client="foreign_client",
    )
    house = method.save_template(world.context("manager"), project=world.a.project, name="As we do it")
    world.project_template = int(house.ref.removeprefix("T-"))
    _tell_everybody(world, system)
    world.actors = {}
    return world


def _tell_everybody(world: World, system: Context) -> None:
    """A notice in every inbox, about the reader."""
    for who in (*ACTORS[1:], "foreign_associate"):
        person = world.person(who)
        with maintenance("a notice for a test"):
            comms.notify(
                system,
                to=[person],
                reason=NoticeReason.MENTIONED,
                about_kind="people.Person",
                about_id=person,
                project_id=None,
                text="You are here",
            )
        world.notices[who] = inbox(world.context(who), reason=NoticeReason.MENTIONED).items[0].id


def _user(who: str) -> int:
    found = user_by_email(f"{who}@example.org")
    assert found is not None
    return found


def _add_user(world: World, who: str, role: Role, side: Side) -> None:
    home = side.client if role is Role.CLIENT else None
    name = f"{who.replace('_', ' ').title()} Person"
    people.add_user(
        world.context("administrator"),
        name=name,
        email=f"{who}@example.org",
        role=role,
        password=PASSWORD,
        organisation=home,
    )
    world.users[who] = _user(who)


def _keep(ctx: Context, name: str, content: bytes, media_type: str = "text/csv") -> int:
    stored = store.put([content], limit=10**7)
    return files.keep(ctx, name=name, media_type=media_type, sha256=stored.sha256, size=stored.size).id


def _hours_file(world: World, who: str, marker: str, *, worker: str = "Member Person") -> int:
    first, last = worker.rsplit(" ", 1)
    rows = f"2026-02-26,Client,Project {marker},,Build,Work of {marker},2.5,Yes,{first},{last}"
    return _keep(world.context(who), f"hours-{marker}.csv", f"{HARVEST}\n{rows}\n".encode())


def _plan_file(ctx: Context) -> int:
    source = Path(__file__).parents[1] / "data" / "plans" / "small.xml"
    return _keep(ctx, "small.xml", source.read_bytes(), "application/xml")


def _fill(world: World, side: Side, *, manager: str, associate: str, worker: str, client: str) -> None:
    side.records["sha256"] = store.put([f"Bytes {side.marker}".encode()], limit=1000).sha256
    boss, helper, admin = world.context(manager), world.context(associate), world.context("administrator")
    ids, word = side.ids, side.marker
    for name in ("project", "bare", "empty"):
        key = f"{side.name.upper()}-{name.upper()}"
        made = projects.create(boss, key=key, name=f"Project {word}", client=ids["client"], purpose=f"Purpose {word}")
        ids[name] = made.id
        _people_on(world, side, ids[name], associate, client)
    ids["member_person"] = world.person(worker)
    ids["client_person"] = world.person(client)
    ids["contact"] = people.add_person(admin, name=f"Contact {word}", organisation=ids["client"]).id
    _register(helper, boss, side)
    _plan(boss, side)
    _ties(world, boss, side, associate, client)
    _updates(world, side, manager)
    _money(helper, boss, side)
    _estimates(helper, side, world.person("administrator"))
    _hours(world, side, manager, associate, worker)
    _spending(world, boss, side, worker)
    ids["delegation"] = desk.delegate(boss, key=f"risk:{ids['risk']}", to=ids["member_person"], note=word).id
    _imports(world, side, manager)
    _documents(world, side, manager, associate, client)
    _method(world, boss, side)
    _scope(world, boss, side)
    _metrics(world, boss, side)
    # The plan's last change, so that there is something to do again; the effects of a change are computed from it.
    schedule.edit_task(boss, task=ids["loose_task"], deadline=datetime(2027, 3, 1, 17))
    undoing.undo_last(boss, project=ids["project"])
    side.records["cr_assessed"] = impact.assess(boss, change=ids["cr_assessed"])


def _metrics(world: World, boss: Context, side: Side) -> None:
    """A KPI with a baseline, a note and a file; another share; one taken by itself; a service level; one retired."""
    ids, word = side.ids, side.marker
    share = {
        "project": ids["project"],
        "formula": Formula.RATIO,
        "unit": "%",
        "direction": Direction.HIGHER,
        "frequency": Frequency.WEEKLY,
        "target": GivenTarget(Decimal(97), amber=Decimal(97), red=Decimal(95)),
    }
    ids["kpi"] = metrics.define(boss, name=f"KPI {word}", goal=f"Goal {word}", **share).row.id
    ids["kpi_other"] = metrics.define(boss, name=f"Other {word}", **share).row.id
    weeks = tuple(
        GivenSample(f"2026-W0{week}", numerator=Decimal(90 + week), denominator=Decimal(100)) for week in range(1, 9)
    )
    for name in ("kpi", "kpi_other"):
        sampling.record(boss, kpi=ids[name], samples=weeks)
    metrics.declare_baseline(boss, kpi=ids["kpi"], first="2026-W01", last="2026-W06", reason=f"Usual {word}")
    noted = metrics.annotate(boss, kpi=ids["kpi"], day=date(2026, 2, 11), text=f"Note {word}", change=True)
    ids["kpi_note"] = noted.notes[0].id
    kept = {"file_name": f"{word}.csv", "sha256": "0" * 64, "rows": 1, "doubt": "its total disagrees"}
    last = (GivenSample("2026-W09", numerator=Decimal(95), denominator=Decimal(100)),)
    ids["kpi_batch"] = sampling.keep_file(boss, kpi=ids["kpi"], samples=last, **kept).batch or 0
    taken = {"formula": Formula.LAST, "direction": Direction.LOWER, "frequency": Frequency.WEEKLY}
    ids["kpi_taken"] = metrics.define(
        boss, project=ids["project"], name=f"Taken {word}", ready="open_risks", **taken
    ).row.id
    ids["kpi_service"] = metrics.define(
        boss, name=f"Service {word}", service=True, promises=(Promised("", 240),), **share
    ).row.id
    ids["kpi_retired"] = metrics.define(boss, name=f"Retired {word}", **share).row.id
    metrics.retire(boss, kpi=ids["kpi_retired"])


def _people_on(world: World, side: Side, project: int, associate: str, client: str) -> None:
    boss = world.context("manager" if side.name == "a" else "foreign_manager")
    if side.name == "a":
        for who in ("guest", "client", "tester", "member", "associate", "approver"):
            projects.set_member(boss, project=project, person=world.person(who), role=Role(who))
        return
    projects.set_member(boss, project=project, person=world.person(associate), role=Role.ASSOCIATE)
    projects.set_member(boss, project=project, person=world.person(client), role=Role.CLIENT)


def _register(helper: Context, boss: Context, side: Side) -> None:
    ids, word = side.ids, side.marker
    project = ids["project"]
    projects.edit(
        helper,
        project=project,
        objectives=(Objective(f"Objective {word}"),),
        scope_in=(f"In scope {word}",),
        scope_out=(f"Out of scope {word}",),
        starts_on=date(2026, 1, 5),
        ends_on=date(2026, 6, 30),
    )
    ids["stakeholder"] = projects.add_stakeholder(helper, project=project, name=f"Stakeholder {word}", notes=word).id
    ids["risk"] = projects.add_risk(helper, project=project, title=f"Risk {word}", probability=4, impact=5).id
    said = {"project": project, "about": "risk", "record": ids["risk"]}
    talk = commenting.comment(
        boss, **said, text=f"Said {word}", files=(_keep(boss, f"{word}.txt", word.encode(), "text/plain"),)
    )
    ids["comment"], ids["comment_file"] = talk.id, talk.files[0].id
    ids["answer"] = commenting.comment(helper, **said, text=f"Answered {word}", answers=ids["comment"]).id
    ids["issue"] = projects.add_issue(helper, project=project, title=f"Issue {word}").id
    ids["decision"] = projects.add_decision(
        helper, project=project, question=f"Which {word}?", options=(DecisionOption(f"Option {word}"),)
    ).id
    ids["decided"] = projects.add_decision(helper, project=project, question=f"Whether {word}?").id
    projects.decide(boss, decision=ids["decided"], outcome=f"Yes {word}")
    ids["assumption"] = projects.add_assumption(helper, project=project, text=f"Assumed {word}").id
    ids["override"] = portfolio.override_health(
        helper, project=project, dimension=Dimension.RISK, colour=Health.RED, reason=f"Sick {word}"
    ).id


def _ties(world: World, boss: Context, side: Side, associate: str, client: str) -> None:
    """Another project, for a task of which one of the first waits; and a programme of both."""
    ids, word = side.ids, side.marker
    key = f"{side.name.upper()}-OTHER"
    other = projects.create(boss, key=key, name=f"Other {word}", client=ids["client"]).id
    ids["other"] = other
    _people_on(world, side, other, associate, client)
    schedule.start_plan(boss, project=other, start=date(2026, 1, 5))
    for name in ("shown", "awaited", "spare"):
        made = schedule.add_task(boss, project=other, name=f"{name.capitalize()} {word}", duration="2d")
        ids[f"{name}_task"] = made.task_id
    tied = programme.wait_for(boss, task=ids["loose_task"], waits_for=ids["shown_task"])
    ids["placeholder"] = tied.placeholder
    ids["programme"] = programme.add_programme(boss, name=f"Programme {word}", objective=f"Aim {word}").id
    for project in (ids["project"], other):
        programme.add_project(boss, programme=ids["programme"], project=project)


def _plan(boss: Context, side: Side) -> None:
    ids, word = side.ids, side.marker
    project = ids["project"]
    schedule.start_plan(boss, project=project, start=date(2026, 1, 5))
    first = schedule.add_task(boss, project=project, name=f"Design {word}", duration="10d")
    ids["task"] = first.task_id
    second = schedule.add_task(boss, project=project, name=f"Build {word}", duration="20d", predecessors=[ids["task"]])
    ids["next_task"] = second.task_id
    third = schedule.add_task(boss, project=project, name=f"Test {word}", duration="5d")
    ids["loose_task"] = third.task_id
    done = schedule.add_task(
        boss, project=project, name=f"Milestone {word}", milestone=True, predecessors=[ids["next_task"]]
    )
    ids["milestone"] = done.task_id
    schedule.add_resource(boss, project=project, name=f"Worker {word}", person=ids["member_person"])
    ids["resource"] = plans.resources(boss, project=project)[0].id
    schedule.assign(boss, task=ids["task"], resource=ids["resource"])
    schedule.set_baseline(boss, project=project, name=f"Baseline {word}")
    schedule.set_baseline(boss, project=project, name=f"Later baseline {word}")
    ids["baseline"] = plans.baselines(boss, project=project)[-1].id
    ids["field"] = plan_fields.add_field(boss, project=project, name=f"Field {word}").id
    view = plan_views.save_view(boss, project=project, name=f"View {word}", settings=ViewSettings(), shared=True)
    ids["plan_view"] = view.id
    schedule.set_status_date(boss, project=project, status_date=date(2026, 2, 27))
    schedule.set_progress(boss, task=ids["task"], percent_complete=Decimal(50))
    spare = schedule.add_task(boss, project=project, name=f"Spare {word}")
    schedule.remove_task(boss, task=spare.task_id)
    side.records["removed"] = spare.uid
    recurring.add_recurring(
        boss,
        project=project,
        name=f"Again {word}",
        rhythm=Rhythm.WEEKLY,
        weekdays=(0,),
        first=date(2026, 3, 2),
        until=date(2026, 3, 16),
    )
    ids["recurring"] = recurring.recurring_tasks(boss, project=project)[0].id
    schedule.add_resource(boss, project=project, name=f"Role {word}")
    side.records["role"] = f"Role {word}"
    schedule.edit_task(boss, task=ids["loose_task"], priority=400)
    ids["plan_edit"] = undoing.plan_changes(boss, project=project).items[0].id
    plan = plans.plan_of(boss, project=project)
    side.records["plan"], side.records["schedule"] = to_record(plan), to_record(compute(plan))


def _method(world: World, boss: Context, side: Side) -> None:
    """A gate in each state, a criterion that holds and one that does not, a checklist, a rule, a role, a finding."""
    ids, word, project = side.ids, side.marker, side.ids["project"]

    def gate(name: str) -> int:
        made: int = method_gates.add_gate(boss, project=project, stage=Stage.CLOSING, name=f"{name} {word}").id
        return made

    for name in ("gate", "gate_asked", "gate_stopped"):
        ids[name] = gate(name)
        row = method_gates.add_criterion(boss, gate=ids[name], text=f"Holds {word}")
        ids[f"criterion_of_{name}"] = row.criteria[0].id
        method_gates.judge(boss, criterion=row.criteria[0].id, met=True)
    ids["gate_open"] = gate("gate open")
    ids["criterion"] = method_gates.add_criterion(boss, gate=ids["gate_open"], text=f"Open {word}").criteria[0].id
    approvers = (world.person("senior_reader"),)
    method_gates.ask_gate(boss, gate=ids["gate_asked"], approvers=approvers, conditions=f"Conditions {word}")
    asked = of_subject(method_gates.SUBJECT, ids["gate_asked"])
    assert asked is not None
    side.digests["gate"] = asked.digest
    method_gates.stop_at_gate(boss, gate=ids["gate_stopped"], reason=f"Stopped {word}")
    ids["check"] = checklists.add_check(boss, task=ids["task"], text=f"Look {word}").id
    found = method_rules.findings(boss, project=project)
    side.records["finding"] = next(item.key for item in found if item.rule == "milestone")


def _scope(world: World, boss: Context, side: Side) -> None:
    """A line of the scope, a version that waits; a change request in each state that an act needs."""
    ids, word = side.ids, side.marker
    project, approvers = ids["project"], (world.person("administrator"),)
    ids["scope_item"] = scope.add_item(
        boss, project=project, kind=ItemKind.IN, text=f"Line {word}", hours=Decimal(20), tasks=(ids["task"],)
    ).id
    asked = scope.ask_scope(boss, project=project, approvers=approvers, note=f"Scope {word}")
    ids["scope_version"], side.digests["scope_version"] = asked.subject_id, asked.digest
    # The one that is carried out moves the plan, so that it comes first: the others' effects then hold.
    for state in ("done", "draft", "assessed", "waiting", "approved"):
        request = scope_requests.add_request(boss, project=project, title=f"Change {state} {word}", why=word).row.id
        option = scope_options.add_option(boss, change=request, name=f"Do it {word}", risks=f"Risk {word}").id
        scope_options.add_step(
            boss,
            option=option,
            way=Way.ADD_WORK,
            name=f"Added {word}",
            role="Writer",
            hours=Decimal(4),
            task=ids["task"],
        )
        ids[f"cr_{state}"], ids[f"cr_{state}_option"] = request, option
        if state == "draft":
            ids["impact"] = scope_impacts.add_impact(
                boss,
                change=request,
                area=ImpactArea.PEOPLE,
                group=f"Group {word}",
                group_size=10,
                reached=4,
                severity=2,
            ).id
            continue
        side.records[f"cr_{state}"] = impact.assess(boss, change=request)
        if state == "assessed":
            continue
        row = deciding.ask_for_decision(boss, change=request, option=option, approvers=approvers)
        side.digests[f"cr_{state}"] = row.digest
        if state == "waiting":
            ids["approval_change"] = row.id
            continue
        reports.decide(world.context("administrator"), approval=row.id, decision="approve", digest=row.digest)
        if state == "done":
            done = impact.carry_out(boss, change=request)
            ids["cr_budget_change"] = done.budget_change or 0


def _updates(world: World, side: Side, manager: str) -> None:
    """Requests for news: a draft, one that asks the manager, one by link, one that was answered."""
    ids, boss = side.ids, world.context(manager)
    ids["task_uid"] = plans.task(boss, task=ids["task"]).uid
    contact = people.add_person(
        boss, name=f"Mailed {side.marker}", email=f"mailed@{side.marker}.example", organisation=ids["client"]
    )
    ids["contact_with_mail"] = contact.id
    asked = {"project": ids["project"], "asks": ("percent", "note"), "due": ASKED_BY, "tasks": (ids["task_uid"],)}

    def ask(person: int) -> UpdateDetail:
        found: UpdateDetail = asking.ask_for_news(boss, person=person, words=f"Ask {side.marker}", **asked)
        return found

    draft = ask(contact.id)
    ids["update"], ids["update_mail"] = draft.row.id, draft.mails[0].id
    ids["update_of_manager"] = ask(world.person(manager)).row.id
    waiting = ask(contact.id)
    ids["update_mail_asked"] = waiting.mails[0].id
    approver = world.person("senior_reader")
    side.digests["update_mail"] = asking.ask_to_send_update(
        boss, mail=waiting.mails[0].id, approvers=(approver,)
    ).digest
    for name in ("update_by_link", "update_answered"):
        sent = ask(contact.id)
        approval = asking.ask_to_send_update(boss, mail=sent.mails[0].id, approvers=(approver,))
        reports.decide(world.context("senior_reader"), approval=approval.id, decision="approve", digest=approval.digest)
        ids[name] = sent.row.id
    asking.remind(world.context("system"), day=ASKED_BY)
    reminded = updates.update_request(boss, update=ids["update_by_link"])
    ids["update_reminder"] = reminded.mails[1].id
    side.records["link"] = _link(ids["update_by_link"])
    answering.answer_by_link(
        world.context("nobody"),
        token=_link(ids["update_answered"]),
        news=(TaskNews(ids["task_uid"], percent="60", note=f"News {side.marker}"),),
        send=True,
    )
    _figures(world, side, boss, approver)


def _figures(world: World, side: Side, boss: Context, approver: int) -> None:
    """Requests for figures: to the manager, to somebody without an account, and one that was answered."""
    ids = side.ids

    def ask(person: int) -> UpdateDetail:
        questions = (Question(QuestionKind.PERCENT), Question(QuestionKind.FINISH, ids["task_uid"]))
        made: tuple[UpdateDetail, ...] = collecting.ask_for_figures(
            boss, project=ids["project"], persons=(person,), questions=questions, due=ASKED_BY, words=side.marker
        )
        return made[0]

    ids["figures_of_manager"] = ask(boss.actor.person_id or 0).row.id
    for name in ("figures_by_link", "figures_answered"):
        sent = ask(ids["contact_with_mail"])
        approval = asking.ask_to_send_update(boss, mail=sent.mails[0].id, approvers=(approver,))
        reports.decide(world.context("senior_reader"), approval=approval.id, decision="approve", digest=approval.digest)
        ids[name] = sent.row.id
    side.records["figures_link"] = _link(ids["figures_by_link"])
    figures.answer_figures_by_link(
        world.context("nobody"),
        token=_link(ids["figures_answered"]),
        answers=(GivenAnswer(1, "60", note=f"Figures {side.marker}"),),
        send=True,
    )


def _link(update: int) -> str:
    """What the mailed link of a request carries."""
    return updates.link_token(UpdateRequest.unscoped(reason="a test").get(pk=update))


def _estimates(helper: Context, side: Side, approver: int) -> None:
    """A draft that states all that an approval asks for, and another that was sent."""
    side.ids["estimate"] = _estimate(helper, side)
    asked = approving.ask_estimate(helper, estimate=_estimate(helper, side), approvers=(approver,))
    side.ids["estimate_asked"] = asked.subject_id
    side.digests["estimate_asked"] = asked.digest


def _estimate(helper: Context, side: Side) -> int:
    project, word = side.ids["project"], side.marker
    row = estimates.add_estimate(helper, project=project, title=f"Estimate {word}").row
    line = LineInput(f"Line {word}", role=f"Role {word}", likely=Decimal(8))
    estimates.set_lines(helper, estimate=row.id, lines=(line,))
    estimates.edit_estimate(
        helper, estimate=row.id, basis=EstimateBasis.ANALOGY, valid_until=date(2026, 6, 30), assumptions=word
    )
    return row.id


def _money(helper: Context, boss: Context, side: Side) -> None:
    ids, word = side.ids, side.marker
    project = ids["project"]

    def budget(name: str, basis: Basis, amount: int) -> int:
        who = boss if basis is Basis.COST else helper
        return budgets.add_budget(who, project=project, name=f"{name} {word}", basis=basis, amount=Decimal(amount)).id

    ids["budget"] = budget("Hours", Basis.HOURS, 400)
    ids["money_budget"] = budget("Fee", Basis.BILL, 60_000)
    ids["cost_budget"] = budget("Cost", Basis.COST, 40_000)
    ids["budget_proposed"] = budget("Extra", Basis.HOURS, 10)
    budgets.approve_budget(boss, budget=ids["budget"])
    ids["progress_said"] = progress.state_progress(
        helper, project=project, method=ProgressMethod.OWNER_ESTIMATE, percent=Decimal(30), said_by=f"Owner {word}"
    ).id
    ids["change"] = budgets.request_change(
        helper, project=project, title=f"More {word}", reason=f"Because {word}", hours=Decimal(8)
    ).id
    ids["rate"] = hours.set_project_rate(
        boss,
        project=project,
        kind=RateKind.BILL,
        rate=BILL_RATE[side.name],
        first=date(2026, 1, 1),
        person=ids["member_person"],
    ).id
    hours.set_project_rate(
        boss,
        project=project,
        kind=RateKind.COST,
        rate=COST_RATE[side.name],
        first=date(2026, 1, 1),
        person=ids["member_person"],
    )


def _spending(world: World, boss: Context, side: Side, worker: str) -> None:
    ids, word, project = side.ids, side.marker, side.ids["project"]
    receipt = _keep(world.context(worker), f"receipt-{word}.txt", f"Paid {word}".encode(), "text/plain")
    given: dict[str, Any] = {"project": project, "day": DAY, "kind": f"Kind {word}", "amount": Decimal(75)}
    ids["expense"] = expenses.add_expense(world.context(worker), description=f"Train {word}", file=receipt, **given).id
    ids["expense_approved"] = expenses.add_expense(world.context(worker), description=f"Bus {word}", **given).id
    expenses.approve_expense(boss, expense=ids["expense_approved"])
    order: dict[str, Any] = {"project": project, "kind": "Tests", "amount": Decimal(900), "supplier": f"Lab {word}"}
    ids["commitment"] = commitments.add_commitment(boss, title=f"Test {word}", **order).id
    ids["commitment_closed"] = commitments.add_commitment(boss, title=f"Old {word}", **order).id
    commitments.close_commitment(boss, commitment=ids["commitment_closed"])
    ids["invoice"] = invoices.add_invoice(
        boss, project=project, number=f"INV-{word}", day=DAY, amount=Decimal(4321), note=f"For {word}"
    ).id
    agreed: dict[str, Any] = {"project": project, "first": date(2026, 2, 1), "overage": Overage.ASK}
    ids["retainer"] = retainers.add_retainer(boss, name=f"Support {word}", allocation=Decimal(40), **agreed).id
    ids["retainer_over"] = retainers.add_retainer(boss, name=f"Over {word}", allocation=Decimal(0), **agreed).id
    ids["budget_used_up"] = budgets.add_budget(
        boss, project=project, name=f"Nothing {word}", basis=Basis.HOURS, amount=Decimal(0)
    ).id
    budgets.add_budget(boss, project=project, name=f"Naught {word}", basis=Basis.HOURS, amount=Decimal(0))
    told = [row for row in budget_queries.alerts(boss, project=project) if row.draft]
    ids["alert"], drafted = told[0].id, told[1:3]
    mails = [alert_mails.prepare_alert_mail(boss, project=project, alert=row.id).id for row in drafted]
    ids["alert_mail"], ids["alert_mail_asked"] = mails
    asked = alert_mails.ask_to_send_alert_mail(
        boss, mail=ids["alert_mail_asked"], approvers=(world.person("administrator"),)
    )
    side.digests["alert_mail"] = asked.digest
    rows = {"number": f"NEW-{word}", "day": "2026-02-02", "due": "", "amount": "10", "currency": "EUR"}
    parsed = {"rows": [rows | {"status": "sent", "paid_on": "", "note": ""}], "preview": {}}
    for name in ("batch_invoices", "batch_invoices_taken"):
        row = projects.open_import(
            boss, project=project, kind="invoices", file_id=1, file_name=f"{word}.csv", answers={}, mapping={}
        )
        ids[name] = projects.keep_preview(boss, batch=row.id, parsed=parsed, preview={}, failed=False).id
    invoices.take_invoices(boss, project=project, batch=ids["batch_invoices_taken"])
    alerting.set_alert_rule(boss, project=project)
    if not world.exchange_rate:
        admin = world.context("administrator")
        world.exchange_rate = exchange.set_exchange_rate(
            admin, base="USD", quote="EUR", rate=Decimal("0.9"), first=DAY
        ).id


def _hours(world: World, side: Side, manager: str, associate: str, worker: str) -> None:
    ids, word = side.ids, side.marker

    def log(who: str, day: date) -> int:
        return hours.log(
            world.context(who), project=ids["project"], day=day, hours=Decimal("7.5"), note=f"Note {word}"
        ).id

    ids["entry"] = log(worker, DAY)
    ids["submitted"] = log(worker, date(2026, 2, 17))
    hours.submit(world.context(worker), project=ids["project"], first=date(2026, 2, 16), last=date(2026, 2, 22))
    timing.start_timer(world.context(worker), project=ids["project"], note=f"Timed {word}")
    ids["closed_entry"] = log(worker, CLOSED_DAY)
    boss = world.context(manager)
    ids["closed_month"] = closing.close_month(boss, project=ids["project"], month=date(2025, 12, 1)).id
    closed: dict[str, Any] = {"project": ids["project"], "first": CLOSED_DAY, "last": CLOSED_DAY}
    hours.submit(world.context(worker), **closed)
    hours.approve(world.context(manager), **closed)
    calendar = CALENDAR.format(word=word)
    (meeting,) = meetings.propose_meetings(world.context(worker), calendar=calendar, first=date(2026, 2, 23)).new
    ids["meeting"] = meeting.id
    asked = leave.ask_leave(world.context(worker), first=date(2026, 6, 1), last=date(2026, 6, 5), note=f"Trip {word}")
    ids["leave"] = asked.id


def _imports(world: World, side: Side, manager: str) -> None:
    boss = world.context(manager)
    ids, word = side.ids, side.marker
    worker = "Member Person" if side.name == "a" else "Foreign Associate Person"

    def preview(worker: str, note: str) -> int:
        file = _hours_file(world, manager, word, worker=worker)
        row = imports.preview(boss, project=ids["project"], kind="hours", file=file, answers={})
        side.records[note] = row.preview
        return row.id

    ids["batch_preview"] = preview(worker, "preview")
    ids["batch_asking"] = preview("Unknown Somebody", "asking")
    raw = projects.open_import(
        boss, project=ids["project"], kind="hours", file_id=1, file_name=f"{word}.csv", answers={}, mapping={}
    )
    ids["batch_open"] = raw.id
    plan = imports.preview(boss, project=ids["bare"], kind="plan", file=world.plan_files[manager])
    imports.apply(boss, batch=plan.id)
    ids["plan_batch"] = plan.id
    content = f"{HARVEST}\n2026-01-08,Client,Old {word},,Build,Early {word},1,Yes,{worker.rsplit(' ', 1)[0]},Person\n"
    early = imports.preview(
        boss,
        project=ids["project"],
        kind="hours",
        file=_keep(boss, f"early-{word}.csv", content.encode()),
        answers={f"project:Old {word}": str(ids["project"])},
    )
    ids["batch_applied"] = imports.apply(boss, batch=early.id).id
    kept = known_names.names_in_files(boss, project=ids["project"])
    ids["known_name"] = next(row.id for row in kept if row.kind == "project")


def _documents(world: World, side: Side, manager: str, associate: str, client: str) -> None:
    helper = world.context(associate)
    ids = side.ids
    approvers = [world.person(who) for who in ("administrator", "senior_reader", manager, client)]
    if side.name == "a":
        approvers.append(world.person("approver"))
    open_one = deliverables.number_snapshot(
        helper, project=ids["project"], kind="status", as_of=DAY, audience="internal"
    )
    ids["open_snapshot"] = open_one.id
    side.records["tree"] = _keep(helper, "hours.json", b"{}", "application/json")
    for state in ("draft", "in_review", "approved", "sent", "failed"):
        version = _version(helper, side, state)
        ids[f"version_{state}"] = version
        if state == "draft":
            continue
        asked = reports.ask(
            helper,
            version=version,
            approvers=tuple(approvers),
            recipients=(f"{client}@example.org",),
            mail_subject=f"Status {side.marker}",
            mail_body=f"Words {side.marker}",
        )
        ids[f"approval_{state}"] = asked.id
        side.digests[state] = asked.digest
        if state == "in_review":
            continue
        reports.decide(world.context(manager), approval=asked.id, decision="approve", digest=asked.digest)
        if state in ("sent", "failed"):
            mail = reports.send(helper, version=version)
            ids[f"mail_{state}"] = mail.id
    ids["preparation_done"] = preparing.begin(helper, project=ids["project"], formats=(Format.MD,)).id
    deliverables.note_prepared(helper, preparation=ids["preparation_done"], version=ids["version_draft"])
    ids["preparation"] = preparing.begin(helper, project=ids["project"], formats=(Format.MD,)).id
    october: dict[str, Any] = {"project": ids["project"], "month": date(2025, 10, 1)}
    ids["pack_snapshot"] = month_close.close_month(world.context(manager), **october).snapshot
    ids["pack_preparation"] = month_pack.begin_pack(helper, **october).id
    deliverables.note_prepared(helper, preparation=ids["pack_preparation"], version=ids["version_draft"])
    _levelling(world, side, helper)
    _uploads(world, side, helper, manager, approvers)
    _statuses(helper, side)
    system = world.context("system")
    comms.note_sent(system, mail=ids["mail_sent"], at=NOW)
    deliverables.note_sent(system, version=ids["version_sent"])
    comms.note_failure(system, mail=ids["mail_failed"], error=f"550 no such {side.marker}", final=True)


def _levelling(world: World, side: Side, helper: Context) -> None:
    """A levelling proposal that is computed and moves a row, and one that waits."""
    key = lines_among(helper, [side.project])[0].key
    done = levelling.propose(helper, projects=(key,))
    stamp = stamps_of([side.project])[side.project]
    moves = {2: {"leveling_delay": {"amount": {"tenths": 4800}, "elapsed": True}}}
    effect = take_levelling(
        world.context("system"), project=side.project, moves=(LevelMove(2, moves[2]),), stamp=stamp, label="Level"
    )
    stamp = stamps_of([side.project])[side.project]
    told = PlanTold(effect, (), (), Decimal(8), Decimal(0))
    results = COMPUTED.dump_json((Computed(side.project, stamp, moves, told),)).decode()
    capacity.note_computed(helper, proposal=done.id, results=results)
    side.ids["proposal"] = done.id
    side.ids["proposal_open"] = levelling.propose(helper, projects=(key,)).id
    side.records["key"] = key


def _uploads(world: World, side: Side, helper: Context, manager: str, approvers: list[int]) -> None:
    """Uploaded documents: kept inside, asked to be shared, shared."""
    ids = side.ids
    for state in ("inside", "asked", "shared"):
        file = _keep(helper, f"brief-{state}.txt", f"Brief {side.marker} {state}".encode(), "text/plain")
        kept = deliverables.add_document(
            helper, project=ids["project"], file=file, title=f"Brief {side.marker}", note=f"Note {side.marker}"
        )
        ids[f"document_{state}"], upload = kept.document or 0, kept.uploads[0].id
        ids[f"upload_{state}"] = upload
        if state == "inside":
            continue
        asked = deliverables.share(
            helper, upload=upload, approvers=tuple(approvers), words=f"Please share {side.marker}"
        )
        side.digests[f"upload_{state}"] = asked.digest
        ids[f"approval_upload_{state}"] = asked.id
        if state == "shared":
            reports.decide(world.context(manager), approval=asked.id, decision="approve", digest=asked.digest)


def _statuses(helper: Context, side: Side) -> None:
    """Two frozen statuses that can be compared."""
    for number, name in ((901, "older"), (902, "newer")):
        row = deliverables.number_snapshot(helper, project=side.project, kind="status", as_of=DAY, audience="internal")
        told = almost_empty(number=number)
        told = replace(
            told, project=replace(told.project, key=f"{side.name.upper()}-PROJECT", name=f"Project {side.marker}")
        )
        data = {"snapshot": told.to_json()}
        deliverables.freeze_snapshot(helper, snapshot=row.id, data=data, digest=told.digest)
        side.ids[f"status_{name}"] = row.id


def _version(helper: Context, side: Side, state: str) -> int:
    ids = side.ids
    snapshot = deliverables.number_snapshot(helper, project=ids["project"], kind="status", as_of=DAY, audience="client")
    deliverables.freeze_snapshot(helper, snapshot=snapshot.id, data={"snapshot": side.marker}, digest="0" * 64)
    ids["snapshot"] = snapshot.id
    file = _keep(helper, f"status-{state}.md", f"Status {side.marker} {state}".encode(), "text/markdown")
    version = deliverables.keep_version(
        helper,
        project=ids["project"],
        kind="status",
        title=f"Weekly status {side.marker}",
        snapshot=snapshot.id,
        audience="client",
        files={"md": (file, file)},
        tree={"preview": {"draft": file, "final": file}},
        claims={},
    )
    return version.id
