"""`headway plan why`: what sets the dates of one task, and the path of tasks that places it.

Not here: how plans are read (`plan`), how drivers are found (`headway.engine.cpm.why`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headway.documents.child import Refused
from headway.documents.exchange.plan_json import minutes_as_json, moment_as_json
from headway.engine.cpm.why import Step, driving_path, late_drivers
from headway.engine.plan import Driver, Plan, Schedule, ScheduledTask, Task

_MOST_LINES = 40
TASK_HELP = "the task's unique id ('uid' in JSON, UID in `headway plan show`), not its row"


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why one task stands where it does; `late` is None for a summary."""

    task: Task
    placed: ScheduledTask
    late: Driver | None
    path: tuple[Step, ...]
    names: dict[int, Task]


def add_task(parser: argparse.ArgumentParser) -> None:
    """The option that names the task."""
    parser.add_argument("--task", type=int, required=True, metavar="ID", help=TASK_HELP)


def task_of(plan: Plan, uid: int) -> Task:
    """The task of that unique id; refused, with where to look, when there is none."""
    found = next((task for task in plan.tasks if task.uid == uid), None)
    if found is not None:
        return found
    row = next((task for task in plan.tasks if task.id == uid), None)
    meant = f" Row {uid} is '{row.name}', unique id {row.uid}." if row is not None else ""
    raise Refused(
        f"No task has the unique id {uid}.{meant} `headway plan show` lists the tasks under UID.", {"task": uid}
    )


def reasons(plan: Plan, computed: Schedule, uid: int) -> Reasons:
    """What drives a task of the plan; refused for one that takes no part in the schedule."""
    task = task_of(plan, uid)
    placed = next((row for row in computed.tasks if row.uid == uid), None)
    if placed is None:
        raise Refused(f"Task '{task.name}' is inactive and has no dates. Make it active first.", {"task": uid})
    late = late_drivers(plan, uids=[uid]).get(uid)
    return Reasons(task, placed, late, driving_path(computed, uid), {row.uid: row for row in plan.tasks})


def as_json(found: Reasons) -> dict[str, Any]:
    """The document; keys as listed in docs/reference/plan-json.md."""
    task, row = found.task, found.placed
    return {
        "task": {
            "uid": task.uid,
            "id": task.id,
            "wbs": task.wbs,
            "name": task.name,
            "summary": task.summary,
            "start": moment_as_json(row.start),
            "finish": moment_as_json(row.finish),
            "late_start": moment_as_json(row.late_start),
            "late_finish": moment_as_json(row.late_finish),
            "total_slack_minutes": minutes_as_json(row.total_slack),
            "free_slack_minutes": minutes_as_json(row.free_slack),
            "critical": row.critical,
            "driver": _driver(row.driver),
            "finish_driver": _driver(row.finish_driver),
            "late_finish_driver": _driver(found.late),
        },
        "path": [
            {
                "uid": step.task.uid,
                "id": found.names[step.task.uid].id,
                "name": found.names[step.task.uid].name,
                "start": moment_as_json(step.task.start),
                "finish": moment_as_json(step.task.finish),
                "by_finish": step.by_finish,
                "driver": _driver(step.driver),
                "sentence": step.sentence,
            }
            for step in found.path
        ],
    }


def _driver(driver: Driver | None) -> dict[str, Any] | None:
    return None if driver is None else {"kind": driver.kind, "uid": driver.uid, "text": driver.text}


def lines(found: Reasons) -> Iterator[str]:
    """The same for people."""
    row = found.placed
    yield f"{found.task.name} (uid {found.task.uid}, row {found.task.id})"
    yield f"Start {_said(row.start)}: {row.driver.text}"
    yield f"Finish {_said(row.finish)}: {row.finish_driver.text if row.finish_driver else row.driver.text}"
    critical = ", critical" if row.critical else ""
    yield f"Slack {row.total_slack.hours:.1f} h, free {row.free_slack.hours:.1f} h{critical}"
    held = f": {found.late.text}" if found.late is not None else "."
    yield f"Latest finish {_said(row.late_finish)}{held}"
    yield ""
    yield "The path that places it, from where it begins:"
    left_out = max(0, len(found.path) - _MOST_LINES)
    if left_out:
        yield f"… {left_out} before these; --json gives all."
    for number, step in enumerate(found.path[left_out:], start=left_out + 1):
        dates = f"{_said(step.task.start)} to {_said(step.task.finish)}"
        yield f"{number}. {found.names[step.task.uid].name}, {dates}. {step.sentence}"


def _said(moment: Any) -> str:
    return moment_as_json(moment).replace("T", " ")
