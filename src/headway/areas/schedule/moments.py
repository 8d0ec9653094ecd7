"""A plan as it stood at a moment that somebody names: a baseline, a day that has passed, or now."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from headway.areas.projects.queries import charter
from headway.areas.schedule import keeping
from headway.areas.schedule.history import edits_of, plan_at, plan_without
from headway.areas.schedule.models import Baseline, BaselinePlan, BaselineTask, Plan, PlanEdit
from headway.areas.schedule.packing import unpack
from headway.areas.schedule.types import PlanMoment
from headway.engine import plan as engine
from headway.engine.cpm import schedule
from headway.engine.cpm.causes import Version
from headway.engine.days import WITH_YEAR
from headway.engine.plan import PlanError
from headway.engine.units import WorkTime
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound

NOW, BASELINE = "now", "baseline"
_BASELINE = f"{BASELINE}-"
_BEFORE, _AFTER = "before-", "after-"
_LENGTH_OF_A_DAY = len("2026-03-02")
_FIRST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class Asked:
    """A moment that was found, before anything of it is read; `identity` changes with whatever it would give."""

    key: str
    identity: Hashable
    baseline: Baseline | None = None
    at: datetime | None = None
    change: PlanEdit | None = None


@dataclass(frozen=True, slots=True)
class Stood:
    """A plan as it stood; `rows`: uids of all its tasks; amounts by uid, where they are known."""

    told: PlanMoment
    version: Version
    rows: frozenset[int]
    work: Mapping[int, WorkTime]
    cost: Mapping[int, Decimal]


def asked(ctx: Context, row: Plan, key: str, field: str) -> Asked:
    """The moment that a key names; see `PlanMoment.key`. 'baseline' is the one that the plan is measured against.

    field  the input that gave the key, for the refusal.
    """
    if key == NOW:
        return Asked(NOW, row.stamp)
    if key == BASELINE or key.startswith(_BASELINE):
        return _baseline(ctx, row, key, field)
    if key.startswith((_BEFORE, _AFTER)):
        change = PlanEdit.visible_to(ctx).filter(plan=row, pk=_number(key, field)).first()
        if change is None:
            raise NotFound("Change not found.")
        return Asked(key, (key, row.stamp), change=change)
    return _past(ctx, row, key, field)


def _number(key: str, field: str) -> int:
    digits = key.rpartition("-")[2]
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(2**62)):
        raise _refused(key, field)
    return int(digits)


def _past(ctx: Context, row: Plan, key: str, field: str) -> Asked:
    """A day, at its end, or a moment, where the project is."""
    try:
        on = date.fromisoformat(key) if len(key) == _LENGTH_OF_A_DAY else datetime.fromisoformat(key)
    except ValueError:
        raise _refused(key, field) from None
    if on.year < _FIRST_YEAR:
        raise _refused(key, field)
    local = on if isinstance(on, datetime) else datetime.combine(on, time.max)
    zone = ZoneInfo(charter(ctx, project=row.project_id).time_zone)
    at = local if local.tzinfo is not None else local.replace(tzinfo=zone)
    if on.year > ctx.now.year + 1 or at.astimezone(zone).date() > ctx.now.astimezone(zone).date():
        said = "give a day that has passed"
        raise Invalid(f"{key} lies ahead; {said}.", fields=[FieldError(field, said, value=key)])
    return Asked(key, (key, row.stamp), at=at.astimezone(zone))


def _refused(key: str, field: str) -> Invalid:
    said = "write 'now', 'baseline', 'baseline-12', 'before-34', 'after-34' or a day as '2026-03-02'"
    return Invalid(f"'{key}' names no moment of a plan; {said}.", fields=[FieldError(field, said, value=key)])


def _baseline(ctx: Context, row: Plan, key: str, field: str) -> Asked:
    known = Baseline.visible_to(ctx).filter(plan=row)
    if key == BASELINE:
        found = known.filter(current=True).first()
        if found is None:
            raise Conflict("This plan has no baseline yet. Take one, then compare with it.")
    else:
        found = known.filter(pk=_number(key, field)).first()
        if found is None:
            raise NotFound("Baseline not found.")
    return Asked(f"{_BASELINE}{found.pk}", (found.pk, found.version, found.taken_at), found)


def stood(ctx: Context, row: Plan, found: Asked) -> Stood:
    """The plan at that moment."""
    if found.baseline is not None:
        return _as_in_baseline(row, found.baseline, found.key)
    if found.change is not None:
        return _beside_change(row, found.change, found.key)
    if found.at is not None:
        label = WITH_YEAR.of(found.at) if len(found.key) == _LENGTH_OF_A_DAY else WITH_YEAR.with_time(found.at)
        plan = plan_at(ctx, row.project_id, found.at)
        if plan is None:
            raise Conflict(f"What the plan was on {label} is not known: there was none, or its history begins later.")
        return _dated(plan, found.key, label, found.at)
    held = keeping.looked_at(row)
    if held.scheduled is None:
        raise Conflict("The plan has no dates as it is. Mend what its page names, then compare.")
    return _whole(held.plan, held.scheduled.schedule, found.key, "Now", None)


def _beside_change(row: Plan, change: PlanEdit, key: str) -> Stood:
    """The plan before an entry of its undo list, or after it."""
    before = key.startswith(_BEFORE)
    later = edits_of(row).filter(pk__gte=change.pk) if before else edits_of(row).filter(pk__gt=change.pk)
    label = f"{'Before' if before else 'After'} '{change.label}'"
    return _dated(plan_without(row, later), key, label, change.created_at)


def _dated(plan: engine.Plan, key: str, label: str, at: datetime) -> Stood:
    try:
        return _whole(plan, schedule(plan), key, label, at)
    except PlanError as error:
        raise Conflict(f"{label}: the plan had no dates. {error}") from None


def _whole(plan: engine.Plan, dated: engine.Schedule, key: str, label: str, at: datetime | None) -> Stood:
    dates = {task.uid: (task.start, task.finish) for task in dated.tasks}
    told = PlanMoment(key, label, at, dated.start, dated.finish, whole=True)
    work, cost = _amounts(plan)
    return Stood(told, Version(plan, dated, dates, dated.finish), _rows(plan), work, cost)


def _rows(plan: engine.Plan) -> frozenset[int]:
    return frozenset(task.uid for task in plan.tasks)


def _amounts(plan: engine.Plan) -> tuple[dict[int, WorkTime], dict[int, Decimal]]:
    assigned: dict[int, int] = {}
    for item in plan.assignments:
        assigned[item.task_uid] = assigned.get(item.task_uid, 0) + item.work.tenths
    work = {uid: WorkTime(tenths) for uid, tenths in assigned.items()}
    work |= {task.uid: task.work for task in plan.tasks if task.work is not None}
    return work, {task.uid: task.cost for task in plan.tasks if task.cost is not None}


def _as_in_baseline(row: Plan, baseline: Baseline, key: str) -> Stood:
    """The dates that the baseline holds; whatever else there is of the plan that was kept with it."""
    columns = list(BaselineTask.of(baseline).values_list("uid", "start", "finish", "work", "cost"))
    dates = {uid: (start, finish) for uid, start, finish, _, _ in columns if start and finish}
    if not dates:
        raise Conflict(f"Baseline '{baseline.name}' holds no dates to compare.")
    first, last = min(start for start, _ in dates.values()), max(finish for _, finish in dates.values())
    packed = BaselinePlan.of(baseline).values_list("packed", flat=True).first()
    told = PlanMoment(key, baseline.name, baseline.taken_at, first, last, whole=packed is not None)
    if packed is None:
        work = {uid: amount for uid, _, _, amount, _ in columns if amount is not None}
        cost = {uid: amount for uid, _, _, _, amount in columns if amount is not None}
        rows = frozenset(column[0] for column in columns)
        return Stood(told, Version(keeping.plan_of(row), None, dates, last), rows, work, cost)
    plan = unpack(packed)
    try:
        dated = schedule(plan)
    except PlanError:  # no rule has dated it: told by its dates alone
        return Stood(told, Version(plan, None, dates, last), _rows(plan), *_amounts(plan))
    return Stood(told, Version(plan, dated, dates, last), _rows(plan), *_amounts(plan))
