"""What ties the projects of a large portfolio, and what is asked of them: programmes, links, gates, scope, changes.

`benchmarks.portfolio` puts it on top of `load_large`; every page over many projects then has something to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from headway.areas.capacity import commands as capacity
from headway.areas.method import commands as method
from headway.areas.method import gates
from headway.areas.people.queries import actor_of, user_by_email
from headway.areas.programme import commands as programme
from headway.areas.projects.lines import lines_inside
from headway.areas.schedule.queries import tasks
from headway.areas.schedule.types import TaskRow
from headway.areas.scope import commands as scope
from headway.areas.scope import options, requests
from headway.areas.scope.types import ItemKind, Way
from headway.journeys import impact, levelling
from headway.kernel.context import Context

PROGRAMMES, LINKS, TEMPLATES, PROPOSALS = 60, 100, 12, 60
BUSY = "K-007"  # the project whose pages are measured
ITEMS, REQUESTS, ASSESSED = 40, 80, 4
_ELSEWHERE = 3  # change requests of every other project
_ROWS = 60  # of a plan that are looked at


@dataclass(frozen=True, slots=True)
class Across:
    """How much was made."""

    programmes: int
    links: int
    gates: int
    changes: int


def tie(system: Context, manager: str) -> Across:
    """Make it all as the portfolio's manager, whose e-mail this is."""
    actor = actor_of(user_by_email(manager) or 0)
    if actor is None:
        raise RuntimeError(f"{manager} is no user")
    ctx = system.but(actor=actor)
    keys = sorted(line.key for line in lines_inside(ctx))
    _programmes(ctx, keys)
    linked = _links(ctx, keys)
    for key in keys:
        gates.take_usual_gates(ctx.but(), project=key)
    _scope(ctx)
    asked = sum(_changes(ctx, key) for key in keys)
    for place in range(TEMPLATES):
        method.save_template(ctx.but(), project=keys[place], name=f"Template {place + 1}")
    _proposals(ctx, keys)
    return Across(PROGRAMMES, linked, 4 * len(keys), asked)


def _programmes(ctx: Context, keys: Sequence[str]) -> None:
    """Each with ten projects; every project is in three."""
    for place in range(PROGRAMMES):
        made = programme.add_programme(ctx.but(), name=f"Programme {place + 1:02}", objective="One aim of many.")
        for step in range(10):
            programme.add_project(ctx.but(), programme=made.id, project=keys[(place * 10 + step) % len(keys)])


def _links(ctx: Context, keys: Sequence[str]) -> int:
    """From the last tasks of a plan to a milestone of the next, in chains of ten projects."""
    made = 0
    for place in range(LINKS):
        before, after = keys[2 * place % len(keys)], keys[(2 * place + 1) % len(keys)]
        done = next((row for row in _rows(ctx, before) if row.milestone), None)
        waits = next((row for row in reversed(_rows(ctx, after)) if _is_open(row)), None)
        if done is not None and waits is not None:
            programme.wait_for(ctx.but(), task=waits.id, waits_for=done.id)
            made += 1
    return made


def _rows(ctx: Context, key: str) -> tuple[TaskRow, ...]:
    return tasks(ctx.but(), project=key, limit=_ROWS).items


def _is_open(row: TaskRow) -> bool:
    return not row.summary and not row.milestone and row.percent_complete == 0


def _scope(ctx: Context) -> None:
    """A long scope statement, each line delivered by a phase of the plan."""
    phases = [row for row in _rows(ctx, BUSY) if row.summary]
    for place in range(ITEMS):
        scope.add_item(
            ctx.but(),
            project=BUSY,
            kind=ItemKind.IN,
            text=f"What is delivered {place + 1}",
            deliverable=f"Part {place % 5 + 1}",
            hours=Decimal(40),
            tasks=(phases[place % len(phases)].id,),
        )


def _changes(ctx: Context, key: str) -> int:
    """Some requests; of the measured project many, the newest with computed effects of an option."""
    count = REQUESTS if key == BUSY else _ELSEWHERE
    project = next(line.id for line in lines_inside(ctx) if line.key == key)
    task = next((row for row in _rows(ctx, key) if _is_open(row)), None)
    for place in range(count):
        made = requests.add_request(
            ctx.but(),
            project=project,
            title=f"A wish of the client {place + 1}",
            asked_by="The client",
            decide_by=ctx.now.date() + timedelta(days=place % 30 - 5),
        )
        if key == BUSY and place >= count - ASSESSED and task is not None:
            option = options.add_option(ctx.but(), change=made.row.id, name="Do it")
            options.add_step(
                ctx.but(),
                option=option.id,
                way=Way.ADD_WORK,
                name="More",
                who=task.owner,
                hours=Decimal(24),
                task=task.id,
            )
            impact.assess(ctx.but(), change=made.row.id)
    return count


def _proposals(ctx: Context, keys: Sequence[str]) -> None:
    """Many that were called off, and one of five projects for the worker to compute."""
    for place in range(PROPOSALS):
        made = levelling.propose(ctx.but(), projects=(keys[place % len(keys)],))
        capacity.stop(ctx.but(), proposal=made.id)
    levelling.propose(ctx.but(), projects=tuple(keys[:5]))
