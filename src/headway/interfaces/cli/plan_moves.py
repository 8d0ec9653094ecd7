"""What moves between two computed schedules, for `headway plan what-if` and `headway plan diff`.

Not here: how plans are read (`plan`), which change moved a task (`headway.engine.cpm.difference`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from headway.documents.exchange import WRITE_SUFFIXES
from headway.documents.exchange.plan_json import minutes_as_json, moment_as_json
from headway.engine.cpm.difference import Difference, Edit, difference
from headway.engine.cpm.whatif import scheduled
from headway.engine.plan import Plan, Schedule, Task
from headway.interfaces.cli.output import table
from headway.interfaces.cli.plan_changes import FORMS, changed

_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Compared:
    """Two plans with their schedules, and what differs; `names` has the tasks of both."""

    old: Plan
    new: Plan
    after: Schedule
    found: Difference
    names: dict[int, Task]
    deadlines_broken: tuple[int, ...]
    deadlines_met_again: tuple[int, ...]


def add_changes(parser: argparse.ArgumentParser) -> None:
    """The options of `what-if`."""
    parser.add_argument(
        "--change",
        action="append",
        required=True,
        metavar='"ID FIELD VALUE"',
        help=f"a change to try, may be repeated; tasks by their unique ids: {FORMS}",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help=f"write the changed plan: {', '.join(WRITE_SUFFIXES)}"
    )


def tried(plan: Plan, texts: list[str]) -> Compared:
    """The plan with the typed changes beside the plan as it is."""
    before = scheduled(plan)
    new = changed(plan, texts, before.schedule)
    return compared(plan, before.schedule, new, before.with_plan(new).schedule)


def compared(old_plan: Plan, old: Schedule, new_plan: Plan, new: Schedule) -> Compared:
    """What differs between two schedules, with the deadlines that are missed or met because of it."""
    late, was_late = _late(new_plan, new), _late(old_plan, old)
    return Compared(
        old=old_plan,
        new=new_plan,
        after=new,
        found=difference(old_plan, old, new_plan, new),
        names={task.uid: task for task in (*old_plan.tasks, *new_plan.tasks)},
        deadlines_broken=tuple(uid for uid in late if uid not in was_late),
        deadlines_met_again=tuple(uid for uid in was_late if uid not in late and uid in new.by_uid()),
    )


def _late(plan: Plan, dates: Schedule) -> dict[int, None]:
    """Tasks that finish after their deadline, in the plan's order."""
    deadlines = {task.uid: task.deadline for task in plan.tasks if task.deadline is not None}
    return {row.uid: None for row in dates.tasks if row.uid in deadlines and row.finish > deadlines[row.uid]}


def as_json(compared: Compared) -> dict[str, Any]:
    """The document; keys as listed in docs/reference/plan-json.md."""
    found, finishes = compared.found, {row.uid: row.finish for row in compared.after.tasks}
    return {
        "sentence": found.text,
        "finish": {
            "old": moment_as_json(found.finish[0]),
            "new": moment_as_json(found.finish[1]),
            "moved_minutes": minutes_as_json(found.finish_moved),
        },
        "moved": [
            {
                "uid": move.uid,
                "id": compared.names[move.uid].id,
                "name": move.name,
                "summary": compared.names[move.uid].summary,
                "old_start": moment_as_json(move.start[0]),
                "new_start": moment_as_json(move.start[1]),
                "old_finish": moment_as_json(move.finish[0]),
                "new_finish": moment_as_json(move.finish[1]),
                "start_moved_minutes": minutes_as_json(move.start_moved),
                "finish_moved_minutes": minutes_as_json(move.finish_moved),
                "cause": _edit(move.cause, compared) if move.cause else None,
                "through": list(move.through),
            }
            for move in found.moves
        ],
        "edits": [_edit(edit, compared) for edit in found.edits],
        "became_critical": list(found.became_critical),
        "no_longer_critical": list(found.no_longer_critical),
        "deadlines_broken": [_deadline(compared, uid, finishes[uid]) for uid in compared.deadlines_broken],
        "deadlines_met_again": [_deadline(compared, uid, finishes[uid]) for uid in compared.deadlines_met_again],
    }


def _edit(edit: Edit, compared: Compared) -> dict[str, Any]:
    name = compared.names[edit.uid].name if edit.uid is not None else None
    return {"uid": edit.uid, "name": name, "text": edit.text}


def _deadline(compared: Compared, uid: int, finish: datetime) -> dict[str, Any]:
    task = compared.names[uid]
    deadline = moment_as_json(task.deadline) if task.deadline is not None else None
    return {"uid": uid, "id": task.id, "name": task.name, "deadline": deadline, "finish": moment_as_json(finish)}


def lines(compared: Compared) -> Iterator[str]:
    """The same for people."""
    found = compared.found
    yield found.text
    old, new = found.finish
    yield f"Finish {_said(old)}" + (f" → {_said(new)}" if old != new else ", as before")
    rows = [
        (
            move.uid,
            move.name,
            _arrow(*move.start),
            _arrow(*move.finish),
            _because(move.cause, compared) if move.cause else "",
        )
        for move in found.moves[:_MOST_LINES]
    ]
    if rows:
        yield from table(("UID", "Moves", "Start", "Finish", "Because of"), rows)
    if len(found.moves) > _MOST_LINES:
        yield f"… {len(found.moves) - _MOST_LINES} more; --json gives all."
    finishes = {row.uid: row.finish for row in compared.after.tasks}
    for said, uids in (
        ("Deadline broken", compared.deadlines_broken),
        ("Deadline met again", compared.deadlines_met_again),
    ):
        for uid in uids:
            task = compared.names[uid]
            due = f"due {_said(task.deadline)}, " if task.deadline is not None else "no deadline any more, "
            yield f"{said}: {task.name} (uid {uid}), {due}finishes {_said(finishes[uid])}"


def _because(edit: Edit, compared: Compared) -> str:
    return edit.text if edit.uid is None else f"{edit.text} ('{compared.names[edit.uid].name}')"


def _arrow(old: datetime, new: datetime) -> str:
    return _said(old) if old == new else f"{_said(old)} → {_said(new)}"


def _said(moment: datetime) -> str:
    return moment_as_json(moment).replace("T", " ")
