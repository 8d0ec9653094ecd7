"""What other projects feel of an option of a change request: plans that wait for this one, people who work there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from headway.areas.projects.lines import ProjectLine, lines_among, lines_inside
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.types import ResourceRow
from headway.areas.schedule.workloads import resource_work, resources_of_person
from headway.areas.scope.effects import ProjectTouched
from headway.areas.scope.wording import day_text, hours_text
from headway.engine.units import ZERO_WORK
from headway.journeys.impact_money import Work
from headway.kernel.context import Context

_MOST_PEOPLE = 20


def projects_touched(
    house: Context, project_id: int, plan: PlanEffect | None, before: Work, after: Work, *, first: date
) -> tuple[ProjectTouched, ...]:
    """The other projects that feel an option, those that finish later first. Read with the house's rights.

    first  the day from which work elsewhere counts; to the finish of the changed plan.
    """
    found = _moved(house, plan)
    last = plan.new_finish.date() if plan is not None and plan.new_finish is not None else first
    for row, more in _asked_for_more(before, after):
        for other, said in _work_elsewhere(row, more, project_id, first, last):
            held = found.get(other) or ProjectTouched(other, "", "")
            found[other] = replace(held, people=(*held.people, said))
    lines = {line.id: line for line in lines_among(house, found)}
    named = [replace(row, key=lines[pk].key, name=lines[pk].name) for pk, row in found.items() if pk in lines]
    return tuple(sorted(named, key=lambda row: (-row.finish_days, -row.moved, row.name)))


def _moved(house: Context, plan: PlanEffect | None) -> dict[int, ProjectTouched]:
    """Plans that move with this one."""
    if plan is None or not plan.elsewhere:
        return {}
    by_key: dict[str, ProjectLine] = {line.key: line for line in lines_inside(house)}
    return {
        by_key[row.project].id: ProjectTouched(
            by_key[row.project].id, "", "", row.finish_days, row.moved_count, row.deadlines_broken
        )
        for row in plan.elsewhere
        if row.project in by_key
    }


def _asked_for_more(before: Work, after: Work) -> Iterable[tuple[ResourceRow, Decimal]]:
    """Persons whose planned hours grow, and by how much."""
    grown = []
    for uid, row in after.items():
        more = row.work_hours - (before[uid].work_hours if uid in before else Decimal(0))
        if row.person_id is not None and more > 0:
            grown.append((row, more))
    return grown[:_MOST_PEOPLE]


def _work_elsewhere(
    row: ResourceRow, more: Decimal, project_id: int, first: date, last: date
) -> Iterable[tuple[int, str]]:
    """In which other projects that are not closed a person has work until a day, in words."""
    for other, uids in resources_of_person(row.person_id or 0).items():
        if other == project_id:
            continue
        days = (day for work in resource_work(other, first=first, last=last, resources=uids) for day in work.days)
        planned = sum((day.planned for day in days), ZERO_WORK)
        if planned:
            there = hours_text(planned.hours).removeprefix("+")
            yield other, f"{row.name} has {there} there until {day_text(last)}, and {hours_text(more)} here"
