"""Plans of any size for the benchmarks: workstreams, phases and tasks with links, people, progress and a baseline."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from headway.engine.calendars import standard_calendar
from headway.engine.cpm import schedule
from headway.engine.plan import (
    Assignment,
    CalendarException,
    Duration,
    Lag,
    Link,
    LinkType,
    Plan,
    ProjectSettings,
    Resource,
    Task,
)
from headway.engine.units import WorkTime

DAY = 4800  # tenths of a minute
START = datetime(2026, 1, 5, 8)
PHASES_EACH, TASKS_EACH = 8, 12
NAMES = ("Collect", "Design", "Build", "Configure", "Migrate", "Test", "Review", "Train", "Document", "Hand over")
THINGS = ("order entry", "price list", "site map", "customer data", "reports", "mail templates", "access rights")
PEOPLE = 24
_PHASE_DAYS = 60  # from one deadline to the next; some are missed


def made_plan(tasks: int, *, seed: int = 7) -> Plan:
    """A plan of so many rows, three levels deep; the same for the same numbers."""
    draw = random.Random(seed)
    rows: list[Task] = []
    links: list[Link] = []
    assignments: list[Assignment] = []
    stream = phase = stream_uid = phase_uid = 0
    before: list[int] = []
    while len(rows) < tasks:
        uid = len(rows) + 1
        place = (uid - 1) % (1 + PHASES_EACH * (TASKS_EACH + 1))
        if place == 0:
            stream, phase, number, before, stream_uid = stream + 1, 0, 0, [], uid
            rows.append(Task(uid, uid, f"Workstream {stream}", None, wbs=f"{stream}", summary=True))
            continue
        if (place - 1) % (TASKS_EACH + 1) == 0:
            phase, number, phase_uid = phase + 1, 0, uid
            name = f"{draw.choice(NAMES)} the {draw.choice(THINGS)}"
            rows.append(
                Task(
                    uid, uid, name, None, wbs=f"{stream}.{phase}", outline_level=2, parent_uid=stream_uid, summary=True
                )
            )
            continue
        number += 1
        last = number == TASKS_EACH
        length = 0 if last else draw.randint(1, 12) * DAY
        rows.append(
            Task(
                uid,
                uid,
                "Phase accepted" if last else f"{draw.choice(NAMES)} {draw.choice(THINGS)} {phase}.{number}",
                Duration(WorkTime(length)),
                wbs=f"{stream}.{phase}.{number}",
                outline_level=3,
                parent_uid=phase_uid,
                milestone=last,
                deadline=START + timedelta(days=_PHASE_DAYS * ((phase - 1) % PHASES_EACH + 1)) if last else None,
                owner=f"Person {draw.randrange(PEOPLE) + 1}",
            )
        )
        for earlier in before[-2 if draw.random() < 0.4 else -1 :]:
            kind = draw.choices(list(LinkType), weights=(88, 6, 5, 1))[0]
            lag = Lag(WorkTime(draw.randint(1, 3) * DAY)) if draw.random() < 0.1 else Lag()
            links.append(Link(earlier, uid, kind, lag))
        before.append(uid)
        if length:
            assignments.append(Assignment(len(assignments) + 1, uid, draw.randrange(PEOPLE) + 1, work=WorkTime(length)))
    if rows and rows[-1].summary:
        rows[-1] = replace(rows[-1], summary=False, duration=Duration(WorkTime(DAY)))
    holidays = CalendarException(date(2026, 4, 3), date(2026, 4, 6), (), "Easter")
    return Plan(
        ProjectSettings(title=f"{tasks} tasks", start=START, calendar_uid=1, status_date=datetime(2026, 3, 13, 17)),
        (replace(standard_calendar(uid=1), exceptions=(holidays,)),),
        tuple(rows),
        tuple(links),
        tuple(Resource(uid, uid, f"Person {uid}") for uid in range(1, PEOPLE + 1)),
        tuple(assignments),
    )


def under_way(plan: Plan) -> Plan:
    """The same plan with what lies before its status date done, some of it late."""
    on = plan.project.status_date or START
    planned = schedule(plan).by_uid()
    tasks = []
    for task in plan.tasks:
        dates = planned[task.uid]
        if task.summary or dates.start >= on:
            tasks.append(task)
        elif dates.finish < on:
            tasks.append(_progress(task, Decimal(100), dates.start, dates.finish))
        else:
            tasks.append(_progress(task, Decimal(25 if task.uid % 3 else 60), dates.start, None))
    return replace(plan, tasks=tuple(tasks))


def _progress(task: Task, percent: Decimal, start: datetime, finish: datetime | None) -> Task:
    whole = task.duration.amount.tenths if task.duration else 0
    if finish is None and task.uid % 4 == 0:
        whole += 2 * DAY  # took longer than planned
    done = int(whole * percent / 100)
    return replace(
        task,
        duration=Duration(WorkTime(whole)),
        percent_complete=percent,
        actual_start=start,
        actual_finish=finish,
        actual_duration=WorkTime(done),
        remaining_duration=WorkTime(whole - done),
    )


def store_plan(ctx: Any, key: str, name: str, tasks: int) -> int:
    """A project with such a plan, its baseline taken before the progress; gives the project's id."""
    from headway.areas.projects import commands as projects
    from headway.areas.schedule import commands
    from headway.areas.schedule.records import to_record

    project: int = projects.create(ctx, key=key, name=name, starts_on=START.date()).id
    plan = made_plan(tasks)
    for version in (plan, under_way(plan)):
        records = to_record(version), to_record(schedule(version))
        commands.take_plan(ctx, project=project, plan=records[0], schedule=records[1])
        if version is plan:
            commands.set_baseline(ctx, project=project, name="Approved plan")
    return project
