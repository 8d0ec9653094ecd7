"""Gates as they are read: with criteria as they stand now, evidence, waivers, what they propose, when they are due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from headway.areas.approvals.queries import of_subjects
from headway.areas.approvals.types import ApprovalState
from headway.areas.method.criteria import Found as Seen
from headway.areas.method.criteria import documents_named, found
from headway.areas.method.models import Criterion, CriterionEvidence, Gate, GateDecision
from headway.areas.method.outline import DOCUMENT
from headway.areas.method.types import CriterionRow, EvidenceRow, GateDecisionRow, GateRow, GateState
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.milestone_days import TaskDay, days_over_projects
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.queries import query

SUBJECT = Gate._meta.label


@query(permission="method.read_gates")
def gates(ctx: Context, *, project: ProjectId) -> tuple[GateRow, ...]:
    """A project's gates in the order of its stages, each with its criteria as they stand now."""
    rows = list(Gate.visible_to(ctx).filter(project_id=project).order_by("position", "id"))
    return gate_rows(ctx, project, rows)


@query(permission="method.read_gates")
def gate(ctx: Context, *, gate: Gate) -> GateRow:
    """One gate with its criteria, evidence, waivers and decisions."""
    return gate_rows(ctx, gate.project_id, [gate])[0]


def gate_rows(ctx: Context, project_id: int, rows: Sequence[Gate]) -> tuple[GateRow, ...]:
    """Gates of one project with all that belongs to them; as many queries for one as for all."""
    if not rows:
        return ()
    ids = [row.pk for row in rows]
    criteria = list(Criterion.visible_to(ctx).filter(among_ids("gate_id", ids)).order_by("gate_id", "position", "id"))
    seen = found(ctx, project_id, {item.check_name for item in criteria if item.check_name not in ("", DOCUMENT)})
    named = documents_named(ctx, project_id, {item.text for item in criteria if item.check_name == DOCUMENT})

    def computed(item: Criterion) -> Seen | None:
        return named.get(item.text) if item.check_name == DOCUMENT else seen.get(item.check_name)

    evidence: dict[int, list[EvidenceRow]] = {}
    for item in CriterionEvidence.among([item.pk for item in criteria]).order_by("id"):
        evidence.setdefault(item.criterion_id, []).append(
            EvidenceRow(item.pk, item.text, item.document, item.record, item.by, item.at)
        )
    decided: dict[int, list[GateDecisionRow]] = {}
    for one in GateDecision.among(ids).order_by("-id"):
        decided.setdefault(one.gate_id, []).append(
            GateDecisionRow(GateState(one.decision), one.reason, one.conditions, one.by, one.at)
        )
    asked = of_subjects(SUBJECT, ids)
    tasks = _tasks_of(rows)
    made = []
    for row in rows:
        own = tuple(_criterion_row(item, computed(item), evidence) for item in criteria if item.gate_id == row.pk)
        task = tasks.get(row.pk)
        approval = asked.get(row.pk)
        pending = approval is not None and approval.state is ApprovalState.PENDING
        made.append(
            GateRow(
                id=row.pk,
                project_id=row.project_id,
                stage=row.stage,
                name=row.name,
                state=GateState(row.state),
                due=_due(row, task),
                due_on=row.due_on,
                task=task.id if task is not None else None,
                task_name=task.name if task is not None else "",
                criteria=own,
                proposal=proposal(own),
                missing=tuple(f"{item.text}: {item.found}" if item.found else item.text for item in missing(own)),
                conditions=row.conditions,
                approval=approval.id if approval is not None and pending else None,
                decisions=tuple(decided.get(row.pk, ())),
                version=row.version,
            )
        )
    return tuple(made)


def due_days(rows: Collection[Gate]) -> dict[int, date]:
    """When gates of any projects are due, by gate: their milestone's finish, else the day that was typed; one query."""
    tasks = _tasks_of(rows)
    return {row.pk: due for row in rows if (due := _due(row, tasks.get(row.pk))) is not None}


def _tasks_of(rows: Collection[Gate]) -> dict[int, TaskDay]:
    """The rows of plans on which gates fall, by gate."""
    uids: dict[int, set[int]] = {}
    for row in rows:
        if row.task_uid is not None:
            uids.setdefault(row.project_id, set()).add(row.task_uid)
    days = days_over_projects(uids)
    found = {row.pk: days.get((row.project_id, row.task_uid)) for row in rows if row.task_uid is not None}
    return {pk: task for pk, task in found.items() if task is not None}


def _due(row: Gate, task: TaskDay | None) -> date | None:
    if task is not None and task.finish is not None:
        return task.finish.date()
    return row.due_on


def _criterion_row(item: Criterion, computed: Seen | None, evidence: Mapping[int, list[EvidenceRow]]) -> CriterionRow:
    return CriterionRow(
        id=item.pk,
        text=item.text,
        check=item.check_name,
        must=item.must,
        met=computed.met if computed is not None else item.met,
        found=computed.said if computed is not None else "",
        said_by=item.said_by,
        said_at=item.said_at,
        waived_by=item.waived_by,
        waiver=item.waiver,
        evidence=tuple(evidence.get(item.pk, ())),
        version=item.version,
    )


def missing(criteria: Iterable[CriterionRow]) -> tuple[CriterionRow, ...]:
    """Those that neither hold nor are waived."""
    return tuple(item for item in criteria if not item.met and not item.waived_by)


def proposal(criteria: Sequence[CriterionRow]) -> GateState:
    """All hold: go. Those that do not are all waived: go with conditions. Else no-go."""
    if missing(criteria):
        return GateState.NO_GO
    return GateState.CONDITIONS if any(not item.met for item in criteria) else GateState.GO


def not_asked(row: Gate) -> None:
    """Refuse what would change under the approvers' eyes."""
    if row.state == GateState.ASKED.value:
        raise Conflict("The approvers are asked about this gate. Withdraw the request first.")


def not_passed(row: Gate) -> None:
    """Refuse what would change a gate that is passed, or asked about."""
    not_asked(row)
    if GateState(row.state).passed:
        raise Conflict("This gate is passed. Open it again first.")
