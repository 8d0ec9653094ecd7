"""Hours that were logged on one task of a plan."""

from __future__ import annotations

from django.db.models import Count, Max, Sum

from headway.areas.hours.queries import live
from headway.areas.hours.sums import plain
from headway.areas.hours.types import HoursOfPerson
from headway.areas.people.queries import names_of
from headway.areas.schedule.queries import place_of
from headway.areas.schedule.types import TaskId
from headway.kernel.context import Context
from headway.kernel.queries import query


@query(permission="hours.read")
def on_task(ctx: Context, *, task: TaskId) -> tuple[HoursOfPerson, ...]:
    """Hours logged on a task by person, the most first; members see their own."""
    project_id, uid = place_of(task)
    rows = live(ctx, project_id).filter(task_uid=uid).order_by().values_list("person_id")
    found = list(rows.annotate(hours=Sum("hours"), entries=Count("pk"), last=Max("day")))
    names = names_of([person for person, *_ in found])
    told = [HoursOfPerson(names.get(person, ""), plain(hours), entries, last) for person, hours, entries, last in found]
    return tuple(sorted(told, key=lambda row: (-row.hours, row.name)))
