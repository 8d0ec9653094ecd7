"""Taking levelling back: the plan without levelling delays and without the pauses that levelling made."""

from __future__ import annotations

from dataclasses import replace

from headway.engine.plan import Plan, Task


def clear(plan: Plan) -> Plan:
    """The plan without levelling delays of tasks and assignments, and without the splits that levelling made.

    A split that assignments tell in timephased work was made by hand or by another program and stays, as do
    the pauses of tasks that have started: nothing tells whose they are.
    """
    told = {assignment.task_uid for assignment in plan.assignments if assignment.timephased}
    tasks = tuple(_cleared(task, keep_splits=task.uid in told or task.actual_start is not None) for task in plan.tasks)
    assignments = tuple(
        assignment if assignment.leveling_delay is None else replace(assignment, leveling_delay=None)
        for assignment in plan.assignments
    )
    return replace(plan, tasks=tasks, assignments=assignments)


def _cleared(task: Task, *, keep_splits: bool) -> Task:
    splits = task.splits if keep_splits else ()
    if task.leveling_delay is None and splits == task.splits:
        return task
    return replace(task, leveling_delay=None, splits=splits)
