"""A plan with the dates of a computed schedule in place of those its file stored.

Not here: the calculation (`headway.engine.cpm`).
"""

from __future__ import annotations

from dataclasses import replace

from headway.engine.plan import Plan, Schedule, StoredDates


def with_schedule(plan: Plan, schedule: Schedule) -> Plan:
    """The plan as it would be saved after scheduling; inactive tasks keep their stored dates."""
    computed = schedule.by_uid()
    tasks = []
    for task in plan.tasks:
        row = computed.get(task.uid)
        if row is not None:
            dates = StoredDates(
                start=row.start,
                finish=row.finish,
                early_start=row.early_start,
                early_finish=row.early_finish,
                late_start=row.late_start,
                late_finish=row.late_finish,
                total_slack=row.total_slack,
                free_slack=row.free_slack,
                start_slack=row.start_slack,
                finish_slack=row.finish_slack,
                critical=row.critical,
            )
            tasks.append(replace(task, stored=dates))
        else:
            tasks.append(task)
    project = replace(plan.project, start=plan.project.start or schedule.start, finish=schedule.finish)
    return replace(plan, project=project, tasks=tuple(tasks))
