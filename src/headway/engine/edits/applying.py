"""A plan with changes applied to it, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from headway.engine.edits import changes as c
from headway.engine.edits import dates, outline, progress, tasks, work
from headway.engine.edits.draft import Draft
from headway.engine.plan import Plan, Schedule

_Rule = Callable[[Draft, Any], None]  # each takes the change of its own type
_RULES: dict[type[Any], _Rule] = {
    c.SetDuration: work.set_duration,
    c.SetUnits: work.set_units,
    c.SetWork: work.set_work,
    c.SetType: work.set_type,
    c.Assign: work.assign,
    c.Unassign: work.unassign,
    c.SetStart: dates.set_start,
    c.SetFinish: dates.set_finish,
    c.SetConstraint: dates.set_constraint,
    c.SetDeadline: dates.set_deadline,
    c.SetMode: dates.set_mode,
    c.Describe: tasks.describe,
    c.SetField: tasks.set_field,
    c.SetPriority: tasks.set_priority,
    c.SetRange: tasks.set_range,
    c.SetCalendar: tasks.set_calendar,
    c.SetActive: tasks.set_active,
    c.SetMilestone: tasks.set_milestone,
    c.Split: tasks.split,
    c.Join: tasks.join,
    c.AddLink: outline.add_link,
    c.SetLink: outline.set_link,
    c.RemoveLink: outline.remove_link,
    c.AddTask: outline.add_task,
    c.AddTasks: outline.add_tasks,
    c.RemoveTask: outline.remove_task,
    c.Indent: outline.indent,
    c.Outdent: outline.outdent,
    c.MoveTask: outline.move_task,
    c.EnterProgress: progress.enter_progress,
    c.EnterWork: progress.enter_work,
    c.UpdateAsScheduled: progress.update_as_scheduled,
    c.RescheduleUncompleted: progress.reschedule_uncompleted,
}


def apply(plan: Plan, changes: Iterable[c.Change], *, computed: Schedule | None = None) -> Plan:
    """The plan after the changes, one after the other; what none of them touches stays the very same object.

    computed  the schedule of this very plan, when the caller has it; else it is computed when a change needs a date.
    Raises EditError for a change that cannot be made, PlanError where a date is needed of a plan that has none.
    """
    draft = Draft(plan, computed)
    for change in changes:
        make(draft, change)
    return draft.plan


def make(draft: Draft, change: c.Change) -> None:
    """Make one more change to a draft; one that is refused leaves it as it was. Raises as `apply` does."""
    _RULES[type(change)](draft, change)
