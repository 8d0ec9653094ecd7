"""An hours export of some weeks, as a time tracker would write it: who worked on what, day by day."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from headway.engine import plan as engine
from headway.engine.cpm import schedule
from headway.journeys.demo.story import CAST, Story

_HARVEST = (
    *("Date", "Client", "Project", "Project Code", "Task", "Notes", "Hours", "Billable?", "Invoiced?", "Approved?"),
    *("First Name", "Last Name", "Employee Id", "Roles", "Employee?", "Billable Rate", "Billable Amount"),
    *("Cost Rate", "Cost Amount", "Currency", "External Reference URL"),
)
_QUARTER = Decimal("0.25")

Busy = Mapping[tuple[str, date], Decimal]
_TITLES = {member.name: member.title for member in CAST}
_MOST = {member.name: member.most for member in CAST}


def write_hours(
    path: Path, told: Story, plan: engine.Plan, first: date, until: date, *, busy: Busy, absent: Mapping[str, date]
) -> bool:
    """Write the export of the days from `first` to before `until`; False when nobody worked on them.

    busy    how much work each person has on a day, over all projects: nobody works round the clock.
    absent  from which day on somebody's hours are not in yet.
    """
    rows = list(_rows(told, plan, first, until, busy, absent))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _HARVEST)
        writer.writeheader()
        writer.writerows(rows)
    return bool(rows)


def _rows(
    told: Story, plan: engine.Plan, first: date, until: date, busy: Busy, absent: Mapping[str, date]
) -> Iterator[dict[str, str]]:
    shares = _shares(plan)
    off = {item.first for calendar in plan.calendars for item in calendar.exceptions}
    for step in range((until - first).days):
        day = first + timedelta(days=step)
        if day.weekday() > 4 or day in off:
            continue
        for name in _who(told, shares):
            if name not in absent or day < absent[name]:
                yield from _day(told, name, day, shares.get(name, []), busy)


def busy_days(plans: Iterable[tuple[Story, engine.Plan]], first: date, until: date) -> Busy:
    """The share of a working day that each person's tasks really want of them, over all plans (1 = full time)."""
    found: dict[tuple[str, date], Decimal] = {}
    for told, plan in plans:
        for name, shares in _shares(plan).items():
            for share in shares:
                for step in range((min(share.last, until) - max(share.first, first)).days + 1):
                    day = max(share.first, first) + timedelta(days=step)
                    found[name, day] = found.get((name, day), Decimal(0)) + share.units * told.effort
    return found


class _Share:
    """One person's part in one task, between two days."""

    def __init__(self, task: engine.Task, phase: str, first: date, last: date, units: Decimal) -> None:
        self.task, self.phase, self.first, self.last, self.units = task, phase, first, last, units


def _shares(plan: engine.Plan) -> dict[str, list[_Share]]:
    """Whose work has begun on what; the phase is the name of the summary above."""
    dates = schedule(plan).by_uid()
    tasks = {task.uid: task for task in plan.tasks}
    names = {resource.uid: resource.name for resource in plan.resources}
    found: dict[str, list[_Share]] = {}
    for item in plan.assignments:
        task, when = tasks[item.task_uid], dates[item.task_uid]
        if task.percent_complete and item.resource_uid is not None:
            phase = tasks[task.parent_uid].name if task.parent_uid else ""
            share = _Share(task, phase, when.start.date(), when.finish.date(), item.units)
            found.setdefault(names[item.resource_uid], []).append(share)
    return found


def _who(told: Story, shares: Mapping[str, list[_Share]]) -> list[str]:
    """Everybody with work in the plan, and those who run the project."""
    leaders = [member.name for member in CAST if member.first in (told.manager, "Tom")]
    return list(dict.fromkeys([*leaders, *shares]))


def _day(told: Story, name: str, day: date, shares: list[_Share], busy: Busy) -> Iterator[dict[str, str]]:
    running = [share for share in shares if share.first <= day <= share.last]
    whole = busy.get((name, day), Decimal(0))
    factor = told.effort * (_MOST[name] / whole if whole > _MOST[name] else 1)
    for share in running:
        swing = Decimal((share.task.uid * 7 + day.toordinal() * 3) % 5 - 2) * _QUARTER
        amount = _rounded(8 * share.units * factor) + (swing if share.units > Decimal("0.3") else 0)
        yield _entry(told, name, day, share.phase, share.task.name, max(_QUARTER, amount))
    leads = name.split(" ", maxsplit=1)[0] in (told.manager, "Tom")
    if leads and day.weekday() in (0, 3):
        yield _entry(told, name, day, "Management", "Status and planning", _rounded(Decimal(told.budget) / 1000))
    elif not leads and day.weekday() == 1 and _on_the_team(shares, day):
        yield _entry(told, name, day, "Management", "Weekly meeting", Decimal("0.5"))


def _on_the_team(shares: list[_Share], day: date) -> bool:
    """From the first work on; whose work is done still answers questions."""
    return any(share.first <= day for share in shares)


def _rounded(amount: Decimal) -> Decimal:
    return (amount / _QUARTER).quantize(Decimal(1)) * _QUARTER


def _entry(told: Story, name: str, day: date, phase: str, note: str, amount: Decimal) -> dict[str, str]:
    first, last = name.split(" ", 1)
    values = {
        "Date": day.isoformat(),
        "Client": told.client,
        "Project": told.name,
        "Project Code": told.key,
        "Task": phase,
        "Notes": note,
        "Hours": f"{amount.normalize():f}",
        "Billable?": "No" if phase == "Management" else "Yes",
        "Invoiced?": "No",
        "Approved?": "No",
        "First Name": first,
        "Last Name": last,
        "Roles": _TITLES[name],
        "Employee?": "Yes",
        "Currency": "Euro - EUR",
    }
    return {field: values.get(field, "") for field in _HARVEST}
