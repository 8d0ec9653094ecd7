"""When gates are due, over many projects: those that come soon with nothing said, those whose day is over."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from headway.areas.method.gate_rows import due_days
from headway.areas.method.models import Criterion, CriterionEvidence, Gate
from headway.areas.method.types import Finding, GateState, Weight
from headway.areas.projects.across import stages_of
from headway.areas.projects.types import Stage
from headway.engine.days import DayWriting
from headway.kernel.among import among_ids

_SOON = timedelta(days=7)
_STAGES = [stage.value for stage in Stage]
_NOT_PASSED = [GateState.OPEN.value, GateState.ASKED.value, GateState.NO_GO.value]


def gate_findings(project_ids: Collection[int], day: date, days_said: DayWriting) -> Iterator[tuple[int, Finding]]:
    """Gates that are late, and those that come soon with criteria that nobody has said anything about.

    Gates of stages that their project has left are not told.
    """
    rows = Gate.unscoped(reason="gates of projects that the caller has found").filter(
        among_ids("project_id", list(project_ids)), removed_at=None, state__in=_NOT_PASSED
    )
    dated = [row for row in rows.order_by("project_id", "position", "id") if row.task_uid is not None or row.due_on]
    if not dated:
        return
    due, now = due_days(dated), stages_of({row.project_id for row in dated})
    near = [row for row in dated if row.pk in due and due[row.pk] <= day + _SOON and _ahead(row, now)]
    silent = _silent_criteria([row.pk for row in near if row.state != GateState.ASKED.value])
    for row in near:
        at = due[row.pk]
        if at < day:
            late = (day - at).days
            text = f"“{row.name}” was due {_said(at, days_said)}, {late} {'day' if late == 1 else 'days'} ago"
            asked = "; its approvers have not answered" if row.state == GateState.ASKED.value else ""
            yield row.project_id, _finding(row, "gate_late", f"{text}{asked}")
        elif row.pk in silent:
            count = silent[row.pk]
            said = f"1 criterion of “{row.name}” is" if count == 1 else f"{count} criteria of “{row.name}” are"
            yield row.project_id, _finding(row, "gate", f"{said} open, and the gate is due {_said(at, days_said)}")


def _ahead(row: Gate, now: dict[int, Stage]) -> bool:
    return _STAGES.index(row.stage) >= _STAGES.index(now[row.project_id].value)


def _said(day: date, days_said: DayWriting) -> str:
    return days_said.of(datetime.combine(day, time()))


def _finding(row: Gate, rule: str, text: str) -> Finding:
    return Finding(f"{rule}:{row.pk}", rule, Weight.GRAVE, text, record=row.pk, page="gate")


def _silent_criteria(gate_ids: Collection[int]) -> dict[int, int]:
    """How many criteria of each gate nobody has said, shown or waived."""
    if not gate_ids:
        return {}
    criteria = list(
        Criterion.unscoped(reason="of gates that the caller has found").filter(
            among_ids("gate_id", gate_ids), removed_at=None, check_name="", met=None, waived_by=""
        )
    )
    shown = set(CriterionEvidence.among([item.pk for item in criteria]).values_list("criterion_id", flat=True))
    found: dict[int, int] = {}
    for item in criteria:
        if item.pk not in shown:
            found[item.gate_id] = found.get(item.gate_id, 0) + 1
    return found
