"""A portfolio of any size, to measure with: made through commands, the same for the same seed on the same day.

Plans and hours go in as an import's last step takes them, without the reading of a file in between.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.approvals.types import Vote
from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis
from headway.areas.deliverables.types import Format
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.hours import commands as hours
from headway.areas.hours.staging import Meaning, pack
from headway.areas.hours.types import KnownNames, MissingRule, RateKind
from headway.areas.people import commands as people
from headway.areas.people.types import OrganisationKind, PersonRow, Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import DecisionOption, Engagement, Raci, Severity, Stage
from headway.areas.schedule import commands as schedule
from headway.areas.schedule.queries import resources
from headway.areas.schedule.records import to_record
from headway.documents.exchange.hours import HoursRow, stage_rows
from headway.engine import plan as engine
from headway.engine.cpm import schedule as compute
from headway.engine.units import ZERO_WORK
from headway.journeys import reports
from headway.journeys.demo.house import DemoUser, acting, keep_standing, new_password
from headway.journeys.demo.large_words import CLIENTS, FIRST, KINDS, LAST, PHASES, RISKS, TITLES, WORK
from headway.journeys.demo.planning import Before, Doer, Outline, Row, plan_of
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid

_DOMAIN = "kestrel.example"
_LIMIT = 50 * 1024 * 1024
_TEAM = 6
_PER_PHASE = 12
_REPORTED = 2  # as many projects have an approved report: a house of that size has long left its first week
_MOST = {"projects": 2_000, "tasks": 20_000, "entries": 20_000}
# Everybody who can sign in: name, e-mail before the @, role in the organisation, title.
_USERS = (
    ("Helen Ward", "helen", Role.SENIOR_READER, "Chief operating officer"),
    ("Ian Fraser", "ian", Role.APPROVER, "Delivery director"),
    ("Grace Osei", "grace", Role.MANAGER, "Portfolio manager"),
    ("Avery Stone", "avery", Role.ASSOCIATE, "Associate project manager"),
    ("Noor Rahman", "noor", Role.MEMBER, "Developer"),
    ("Pia Keller", "pia", Role.TESTER, "Test lead"),
)
_EVERYWHERE = (Role.APPROVER, Role.ASSOCIATE)  # these are on every project, beside its manager


@dataclass(frozen=True, slots=True)
class Large:
    """What was made, and who can sign in to look at it."""

    projects: int
    tasks: int
    entries: int
    people: int
    users: tuple[DemoUser, ...]


def load_large(
    ctx: Context,
    *,
    count: int,
    tasks: int,
    entries: int = 500,
    seed: int = 1,
    told: Callable[[int], None] = lambda made: None,
) -> Large:
    """Fill an empty installation with `count` projects of `tasks` tasks and about `entries` time entries each.

    told  is called with the number of projects made so far.
    Raises Conflict where people exist already, Invalid for a size beyond what one installation is meant for.
    """
    for name, value, least in (("projects", count, 1), ("tasks", tasks, 1), ("entries", entries, 0)):
        if not least <= value <= _MOST[name]:
            said = f"give {least} to {_MOST[name]:,}"
            raise Invalid(f"{value} {name}; {said}.", fields=[FieldError(name, said, value=str(value))])
    system = ctx.as_system("a large portfolio to measure with")
    chance = random.Random(seed)  # noqa: S311 - names and sizes, no secrets
    users, rows = _users(system)
    house = _House(system, rows, chance, staff=max(3 * _TEAM, count * 2 // 3), clients=max(3, count // 6))
    made_tasks = made_entries = 0
    for number in range(1, count + 1):
        project = _Project(system, house, chance, number)
        made_tasks += project.plan(tasks)
        made_entries += project.hours(entries)
        project.money()
        project.registers()
        if number <= _REPORTED:
            project.report()
        keep_standing(system, project.id)
        told(number)
    return Large(count, made_tasks, made_entries, house.size, users)


def _users(system: Context) -> tuple[tuple[DemoUser, ...], dict[Role, PersonRow]]:
    password = new_password()
    email = f"admin@{_DOMAIN}"
    people.set_up(
        system, organisation="Kestrel Services", name="Alex Admin", email=email, password=password, currency="EUR"
    )
    users = [DemoUser("Alex Admin", email, Role.ADMINISTRATOR.value, password, "Administrator")]
    rows = {}
    for name, local, role, title in _USERS:
        password, email = new_password(), f"{local}@{_DOMAIN}"
        rows[role] = people.add_user(system, name=name, email=email, role=role, password=password)
        people.edit_person(system, person=rows[role].id, job_title=title)
        users.append(DemoUser(name, email, role.value, password, title))
    return tuple(users), rows


class _House:
    """The people and clients that the projects share."""

    def __init__(
        self, system: Context, users: dict[Role, PersonRow], chance: random.Random, *, staff: int, clients: int
    ) -> None:
        names = [f"{first} {last}" for first in FIRST for last in LAST]
        chance.shuffle(names)
        self.manager = acting(system, f"grace@{_DOMAIN}")
        self.approver = acting(system, f"ian@{_DOMAIN}")
        self.everywhere = [(users[role], role) for role in _EVERYWHERE]
        self.staff = [users[Role.MEMBER], users[Role.TESTER]]
        first_day = system.now.date() - timedelta(weeks=60)
        for place, name in enumerate(names[:staff]):
            email = f"{name.lower().replace(' ', '.')}@{_DOMAIN}"
            title = TITLES[place % len(TITLES)]
            self.staff.append(people.add_person(system, name=name, email=email, job_title=title))
        for row in self.staff:
            for kind, rate in ((RateKind.BILL, chance.randint(80, 140)), (RateKind.COST, chance.randint(45, 75))):
                hours.set_rate(system, kind=kind, rate=Decimal(rate), currency="EUR", first=first_day, person=row.id)
        self.clients = [
            people.add_organisation(system, name=_nth(CLIENTS, place), kind=OrganisationKind.CLIENT)
            for place in range(clients)
        ]
        self.size = len(self.staff) + len(_USERS) - 1


def _nth(words: Sequence[str], place: int) -> str:
    """The place-th word; a second round is numbered, so that names stay apart."""
    turn, index = divmod(place, len(words))
    return words[index] if not turn else f"{words[index]} {turn + 1}"


class _Project:
    """One project on its way into the portfolio."""

    def __init__(self, system: Context, house: _House, chance: random.Random, number: int) -> None:
        self.ctx, self.house, self.chance = system, house, chance
        self.today = system.now.date()
        monday = self.today - timedelta(days=self.today.weekday())
        self.start = monday - timedelta(weeks=chance.randint(2, 30))
        client = house.clients[number % len(house.clients)]
        kind = KINDS[number % len(KINDS)]
        self.key, self.name = f"K-{number:03}", f"{client.name}: {kind}"
        self.id = projects.create(
            house.manager,
            key=self.key,
            name=self.name,
            client=client.id,
            purpose=f"{kind} for {client.name}, agreed in the yearly plan.",
            starts_on=self.start,
            currency="EUR",
        ).id
        at = number * 5
        self.team = [house.staff[(at + place * 3) % len(house.staff)] for place in range(_TEAM)]
        roles = [(row, Role.MEMBER) for row in dict.fromkeys(self.team)]
        for row, role in (*house.everywhere, *roles):
            projects.set_member(house.manager, project=self.id, person=row.id, role=role)
        projects.set_stage(house.manager, project=self.id, stage=Stage.DELIVERY)

    def plan(self, tasks: int) -> int:
        """A plan of that many rows, with its baseline, taken as an import's last step takes it."""
        outline = Outline(self.name, tuple(self._rows(tasks)), "EUR", self.house.manager.actor.name)
        self.made = plan_of(outline, self.start, self.today, emails={row.name: row.email for row in self.team})
        self.dates = compute(self.made)
        schedule.take_plan(
            self.ctx,
            project=self.id,
            plan=to_record(self.made),
            schedule=to_record(self.dates),
            progress_on=self.today - timedelta(days=self.chance.choice((0, 1, 2, 3, 12))),
        )
        by_name = {row.name: row.id for row in self.team}
        for resource in resources(self.ctx, project=self.id):
            schedule.match_resource(self.ctx, resource=resource.id, person=by_name[resource.name])
        return len(self.made.tasks)

    def _rows(self, tasks: int) -> Iterator[Row]:
        """Phases of a dozen rows, each a summary, chained work and a milestone; late by chance."""
        slips = self.chance.choice((0.05, 0.1, 0.2, 0.35))
        milestone = 0
        row = 0
        while row < tasks:
            size = min(_PER_PHASE, tasks - row)
            phase = row // _PER_PHASE
            yield Row(1, _nth(PHASES, phase))
            row += 1
            first = row + 1
            for place in range(size - 1):
                row += 1
                last = place == size - 2
                who = self.chance.choice(self.team).name
                if last:
                    yield Row(2, f"{_nth(PHASES, phase)} done", after=(Before(row - 1),), owner=who, grace=14)
                    milestone = row
                    continue
                days = self.chance.choice((1, 2, 2, 3, 3, 5))
                real = days + (self.chance.randint(1, 3) if self.chance.random() < slips else 0)
                before = self._before(row, first, milestone)
                name = f"{self.chance.choice(WORK)} {self.chance.randint(1, 99)}"
                yield Row(2, name, days, real, before, (Doer(who, Decimal("0.5")),), who)

    def _before(self, row: int, first: int, milestone: int) -> tuple[Before, ...]:
        """Behind the task before, or beside it, or behind what the phase before has reached."""
        if row == first:
            return (Before(milestone),) if milestone and self.chance.random() < 0.35 else ()
        if self.chance.random() < 0.3:
            return (Before(row - 1, engine.LinkType.SS, 1),)
        return (Before(row - 1),)

    def hours(self, most: int) -> int:
        """Entries of the work done, day by day, at most that many; older weeks approved."""
        rows = list(self._entries(most))
        if not rows:
            return 0
        name = f"hours {self.key}.csv"
        kept = store.put([_as_csv(rows)], limit=_LIMIT)
        file = files.keep(self.ctx, name=name, media_type="text/csv", sha256=kept.sha256, size=kept.size)
        batch = projects.open_import(
            self.ctx, project=self.id, kind="hours", file_id=file.id, file_name=name, answers={}, mapping={}
        )
        first, last = min(row.day for row in rows), max(row.day for row in rows)
        staged = io.BytesIO()
        stage_rows(rows, staged)
        meaning = Meaning({(self.key, ""): self.id}, {(row.name, ""): row.id for row in self.team})
        effect = hours.stage_entries(
            self.ctx,
            project=self.id,
            batch=batch.id,
            source="harvest",
            packed=pack(meaning, staged.getvalue()),
            counts={self.id: len(rows)},
            first=first,
            last=last,
            missing=MissingRule.KEEP,
        )
        projects.keep_preview(
            self.ctx, batch=batch.id, parsed={}, preview={**effect[self.id].as_json(), "questions": []}, failed=False
        )
        hours.take_entries(
            self.ctx,
            project=self.id,
            batch=batch.id,
            preview={},
            names=KnownNames(),
            first=first,
            last=last,
            missing=MissingRule.KEEP,
        )
        sunday = self.today - timedelta(days=self.today.weekday() + 1)
        if first <= sunday:
            for row in dict.fromkeys(self.team):
                hours.submit(self.ctx, project=self.id, first=first, last=sunday, person=row.id)
        if first <= sunday - timedelta(days=7):
            hours.approve(self.ctx, project=self.id, first=first, last=sunday - timedelta(days=7))
        return len(rows)

    def _entries(self, most: int) -> Iterator[HoursRow]:
        """Newest work first, so that a small number still fills the last weeks."""
        dates = self.dates.by_uid()
        made = 0
        for task in sorted(self.made.tasks, key=lambda task: dates[task.uid].start, reverse=True):
            if task.summary or not task.percent_complete or not task.duration or task.duration.amount == ZERO_WORK:
                continue
            day = dates[task.uid].start.date()
            while day <= min(dates[task.uid].finish.date(), self.today - timedelta(days=1)):
                if made == most:
                    return
                if day.weekday() < 5:
                    made += 1
                    amount = Decimal(self.chance.choice((12, 14, 16, 16, 18))) / 4
                    yield _row(made, task.owner, day, self.key, task.name, amount)
                day += timedelta(days=1)

    def money(self) -> None:
        """A budget in hours somewhat around what the plan holds, approved; a change or two."""
        work = sum((item.work.hours for item in self.made.assignments), Decimal(0))
        amount = (work * self.chance.randint(95, 125) / 100).quantize(Decimal(10)) or Decimal(10)
        budget = budgets.add_budget(self.house.manager, project=self.id, name="Hours", basis=Basis.HOURS, amount=amount)
        budgets.approve_budget(self.house.approver, budget=budget.id)
        for place in range(self.chance.randint(0, 2)):
            change = budgets.request_change(
                self.house.manager,
                project=self.id,
                title=_nth(("A wider rollout", "A further report"), place),
                reason="Asked for by the client",
                hours=(amount / 40).quantize(Decimal(1)) or Decimal(1),
                days=2,
            )
            if place == 0:
                budgets.approve_change(self.house.approver, change=change.id)

    def registers(self) -> None:
        """Risks, issues, decisions, assumptions, stakeholders."""
        chance, ctx = self.chance, self.house.manager
        for place in range(chance.randint(2, 6)):
            title, response = RISKS[(self.id + place) % len(RISKS)]
            projects.add_risk(
                ctx, project=self.id, title=title, probability=chance.randint(1, 4), impact=chance.randint(1, 5),
                response=response, response_due=self._soon(), owner=chance.choice(self.team).id,
            )  # fmt: skip
        for place in range(chance.randint(1, 3)):
            projects.add_issue(
                ctx, project=self.id, title=f"{_nth(WORK, self.id + place)}: waits for an answer",
                severity=chance.choice(tuple(Severity)), owner=chance.choice(self.team).id, due=self._soon(),
            )  # fmt: skip
        if chance.random() < 0.5:
            projects.add_decision(
                ctx, project=self.id, question="Which of the two offers is taken?", decide_by=self._soon(),
                options=(DecisionOption("The cheaper one"), DecisionOption("The one with support")),
                recommendation="The one with support", owner=chance.choice(self.team).id,
                cost_of_waiting="The set-up moves with each week of waiting",
            )  # fmt: skip
        projects.add_assumption(
            ctx, project=self.id, text="The client's test system is there when the tests begin",
            check_by=self._soon(), owner=chance.choice(self.team).id,
        )  # fmt: skip
        for row in self.team[:2]:
            projects.add_stakeholder(
                ctx, project=self.id, name=row.name, person=row.id, power=chance.randint(2, 5),
                interest=chance.randint(2, 5), engagement=Engagement.SUPPORTIVE, raci=Raci.RESPONSIBLE,
            )  # fmt: skip

    def report(self) -> None:
        """A status report, approved and not sent."""
        ctx, approver = self.house.manager, self.house.approver
        version = reports.prepare(ctx, project=self.id, client_copy=True, formats=(Format.MD,))
        request = reports.ask(
            ctx,
            version=version.id,
            approvers=(self.house.everywhere[0][0].id,),
            recipients=(f"status@{_DOMAIN}",),
            mail_subject=f"{self.name}: status",
            mail_body="The week's status is attached.",
        )
        reports.decide(approver, approval=request.id, decision=Vote.APPROVE, digest=request.digest)

    def _soon(self) -> date:
        return self.today + timedelta(days=self.chance.randint(-6, 40))


def _row(number: int, person: str, day: date, project: str, note: str, amount: Decimal) -> HoursRow:
    return HoursRow(
        number=number,
        person=person,
        email="",
        employee_id="",
        day=day,
        start=None,
        end=None,
        zone="",
        project=project,
        project_code="",
        client="",
        task="Project work",
        task_code="",
        role="",
        note=note,
        hours=amount,
        billable=True,
        bill_rate=None,
        bill_amount=None,
        cost_rate=None,
        cost_amount=None,
        currency="",
        tags=(),
        source_key="",
        content_key=f"{project}-{number}",
        raw=(),
    )


def _as_csv(rows: Sequence[HoursRow]) -> bytes:
    """The same rows as a file, so that the import has one to show."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("Date", "Project", "Notes", "Hours"))
    writer.writerows((row.day.isoformat(), row.project, row.note, row.hours) for row in rows)
    return text.getvalue().encode()
