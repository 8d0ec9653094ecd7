"""Finished projects beside their approved estimates: what an hour estimated took, of whole projects, phases, roles."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from headway.areas.estimates.figures import Worked, worked_on
from headway.areas.estimates.lines import three_of
from headway.areas.estimates.models import Estimate, EstimateLine
from headway.areas.estimates.reading import placed
from headway.areas.estimates.types import Came, Comparison, EstimateState, Finished, Unit
from headway.areas.hours.on_tasks import WorkedPart, worked_parts
from headway.areas.projects.lines import ProjectLine, lines_inside
from headway.areas.projects.types import Stage
from headway.engine.estimating import calibrated, tops_of
from headway.kernel.access import may
from headway.kernel.context import Context

_ZERO = Decimal(0)
_Pairs = dict[str, list[tuple[Decimal, Decimal]]]


def compared(ctx: Context, *, beside: int | None) -> Comparison:
    """Finished projects whose estimates this reader may see, without the one they stand beside; three queries."""
    closed = [
        line
        for line in lines_inside(ctx)
        if line.stage is Stage.CLOSED and line.id != beside and may(ctx, "estimates.read", project_id=line.id)
    ]
    estimates = _approved(ctx, closed)
    lines: dict[int, list[EstimateLine]] = {}
    for line in EstimateLine.among([row.pk for row in estimates.values()]).order_by("position", "id"):
        lines.setdefault(line.estimate_id, []).append(line)
    parts: dict[int, list[WorkedPart]] = {}
    for part in worked_parts(list(estimates)):
        parts.setdefault(part.project_id, []).append(part)
    found: list[Finished] = []
    phases: _Pairs = {}
    roles: _Pairs = {}
    names: dict[str, str] = {}
    for project in closed:
        row = estimates.get(project.id)
        if row is None:
            continue
        own = lines.get(row.pk, [])
        worked = worked_on(placed(own), parts.get(project.id, ()))
        one = _finished(project, row, own, worked)
        if one is not None:
            found.append(one)
            _pair(own, worked, phases, roles, names)
    whole = calibrated((one.estimated, one.worked) for one in found)
    return Comparison(
        projects=tuple(found),
        whole=None if whole is None else Came("", whole.factor, whole.low, whole.high, whole.sd, whole.projects),
        phases=tuple(_came(phases, names)),
        roles=tuple(_came(roles, names)),
        waiting=len(closed) - len(found),
    )


def _approved(ctx: Context, closed: Iterable[ProjectLine]) -> dict[int, Estimate]:
    """The approved estimate of each project, by its id."""
    rows = Estimate.visible_to(ctx).filter(state=EstimateState.APPROVED.value)
    wanted = {line.id for line in closed}
    return {row.project_id: row for row in rows.filter(project_id__in=wanted).order_by("id")}


def _finished(project: ProjectLine, row: Estimate, own: Iterable[EstimateLine], worked: Worked) -> Finished | None:
    estimated = sum((_hours(line) for line in own), _ZERO)
    if not estimated or not worked.whole:
        return None
    return Finished(
        project_id=project.id,
        key=project.key,
        name=project.name,
        ref=row.ref,
        estimated=estimated,
        worked=worked.whole,
        factor=worked.whole / estimated,
    )


def _hours(line: EstimateLine) -> Decimal:
    three = three_of(line) if line.unit == Unit.HOURS.value else None
    return _ZERO if three is None else three.mean


def _pair(own: list[EstimateLine], worked: Worked, phases: _Pairs, roles: _Pairs, names: dict[str, str]) -> None:
    """Note each phase and role of one project as (estimated, worked)."""
    by_phase: dict[str, Decimal] = {}
    by_role: dict[str, Decimal] = {}
    tops = tops_of([line.level for line in own])
    for line, top in zip(own, tops, strict=True):
        hours = _hours(line)
        for name, sums in ((own[top].name, by_phase), (line.role, by_role)):
            if name and hours:
                names.setdefault(name.casefold(), name)
                sums[name.casefold()] = sums.get(name.casefold(), _ZERO) + hours
    for sums, took, pairs in ((by_phase, worked.by_phase, phases), (by_role, worked.by_role, roles)):
        for key, hours in sums.items():
            pairs.setdefault(key, []).append((hours, took.get(key, _ZERO)))


def _came(pairs: _Pairs, names: dict[str, str]) -> Iterable[Came]:
    """By name, where at least one project has both hours estimated and hours worked."""
    for key in sorted(pairs):
        found = calibrated(pairs[key])
        if found is not None:
            yield Came(names[key], found.factor, found.low, found.high, found.sd, found.projects)
