"""A project's approved estimate beside what was worked: by line and phase, by role, the rest as not in the estimate.

Hours belong to a line by the row of the plan that they name, else by a line or phase of the same name: the rule of
`figures.worked_on`. Not here: finished projects together (`comparing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from headway.areas.estimates.against_types import AgainstActual, AgainstRow, WorkedOn
from headway.areas.estimates.figures import scaled
from headway.areas.estimates.models import Estimate
from headway.areas.estimates.reading import detail
from headway.areas.estimates.types import EstimateDetail, EstimateState, LineRow
from headway.areas.estimates.wording import numbered
from headway.areas.hours.queries import sees_rates
from headway.areas.hours.spent import SpentPart, spent_parts
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ProjectId, Stage
from headway.areas.schedule.rows import rows_by_uid
from headway.engine.estimating import below
from headway.kernel.context import Context
from headway.kernel.queries import query

_ZERO = Decimal(0)
_Key = TypeVar("_Key")
NO_PHASE, NO_ROLE, OF_PHASE = "No phase or task named", "No role", "On no line below it"


@query(permission="estimates.read", name="estimates.against_actual")
def against_actual(ctx: Context, *, project: ProjectId, until: date | None = None) -> AgainstActual:
    """The approved estimate of a project beside its hours: by line, phase and role; the rest as not in the estimate.

    until  the last day whose hours count; None = all there are. Value only for those who may see rates.
    """
    about = charter(ctx, project=project)
    row = Estimate.visible_to(ctx).filter(project_id=project, state=EstimateState.APPROVED.value).first()
    found = None if row is None else detail(ctx, row)
    currency = found.currency if found is not None else about.currency
    parts = spent_parts(project, until=until, by_task=True)
    money = _Money(currency, known=sees_rates(ctx, project))
    uids = {part.task_uid for part in parts if part.task_uid is not None}
    names = {uid: one.name for uid, one in rows_by_uid(project, uids).items()} if uids else {}
    lines = scaled(found.lines, found.calibration) if found is not None else ()
    sorted_ = sort_out(lines, parts)
    told = _Told(names, money)
    return AgainstActual(
        project_id=about.id,
        key=about.key,
        project=about.name,
        closed=about.stage is Stage.CLOSED,
        estimate=found.row if found is not None else None,
        until=until,
        currency=currency,
        lines=tuple(_lines(lines, sorted_.by_line, told)),
        outside=tuple(_outside(sorted_.outside, told)),
        roles=tuple(_roles(lines, parts, told)),
        whole=_whole(found, lines, parts, told),
        inside=sum((part.hours for some in sorted_.by_line.values() for part in some), _ZERO),
        p80=found.hours.p80 if found is not None and found.hours.mean else None,
        scaled=found is not None and found.calibration is not None,
        notes=tuple(_notes(found, parts, money)),
    )


# --- which hours are for what. Pure -----------------------------------------------------------


@dataclass(slots=True)
class SortedOut:
    """Hours by the place of their line in the outline, and those that no line foresaw."""

    by_line: dict[int, list[SpentPart]] = field(default_factory=dict)
    outside: list[SpentPart] = field(default_factory=list)


def sort_out(lines: Sequence[LineRow], parts: Iterable[SpentPart]) -> SortedOut:
    """Hours shared out: by the row of the plan that they name, else by the first line or phase of the same name."""
    by_row = {line.task_uid: place for place, line in enumerate(lines) if line.task_uid is not None}
    by_name: dict[str, int] = {}
    for place, line in enumerate(lines):
        by_name.setdefault(line.name.casefold(), place)
    found = SortedOut()
    for part in parts:
        at = by_row.get(part.task_uid) if part.task_uid is not None else None
        at = by_name.get(part.phase.casefold()) if at is None else at
        if at is None:
            found.outside.append(part)
        else:
            found.by_line.setdefault(at, []).append(part)
    return found


# --- rows -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Money:
    """The value of hours in the estimate's currency, where this reader may see it."""

    currency: str
    known: bool

    def of(self, parts: Iterable[SpentPart]) -> Decimal | None:
        return sum((part.bill for part in parts if part.bill_currency == self.currency), _ZERO) if self.known else None


@dataclass(frozen=True, slots=True)
class _Told:
    """Writes rows of one project. names: of the plan's rows by uid."""

    names: Mapping[int, str]
    money: _Money

    def row(
        self,
        name: str,
        parts: Sequence[SpentPart],
        *,
        number: str = "",
        level: int = 1,
        group: bool = False,
        estimated: Decimal | None = None,
        amount: Decimal | None = None,
        entries: tuple[WorkedOn, ...] | None = None,
    ) -> AgainstRow:
        return AgainstRow(
            name=name,
            number=number,
            level=level,
            group=group,
            estimated=estimated,
            worked=sum((part.hours for part in parts), _ZERO),
            amount=amount,
            value=self.money.of(parts),
            entries=self.entries(parts) if entries is None else entries,
        )

    def entries(self, parts: Iterable[SpentPart]) -> tuple[WorkedOn, ...]:
        """The entries by row of the plan, those that name none by phase."""
        found: dict[tuple[int | None, str], Decimal] = {}
        for part in parts:
            key = (part.task_uid, "" if part.task_uid is not None else part.phase)
            found[key] = found.get(key, _ZERO) + part.hours
        told = [
            WorkedOn(
                self.names.get(uid, f"Row {uid}") if uid is not None else phase or NO_PHASE,
                uid,
                phase if uid is None else None,
                None,
                hours,
            )
            for (uid, phase), hours in found.items()
        ]
        return tuple(sorted(told, key=lambda one: (-one.hours, one.label, one.task_uid or 0)))


def _lines(lines: Sequence[LineRow], by_line: Mapping[int, Sequence[SpentPart]], told: _Told) -> Iterable[AgainstRow]:
    """Every line; below a group what names the group itself and none of its lines."""
    levels = [line.level for line in lines]
    numbers = numbered(levels)
    for place, (line, number) in enumerate(zip(lines, numbers, strict=True)):
        own = by_line.get(place, ())
        if not line.group:
            yield told.row(line.name, own, number=number, level=line.level, estimated=line.mean, amount=line.amount)
            continue
        inside = [one for one in below(levels, place) if not lines[one].group]
        parts = [part for one in (place, *below(levels, place)) for part in by_line.get(one, ())]
        yield told.row(
            line.name,
            parts,
            number=number,
            level=line.level,
            group=True,
            estimated=_sum(lines[one].mean for one in inside),
            amount=_sum(lines[one].amount for one in inside),
            entries=(),
        )
        if own:
            yield told.row(OF_PHASE, own, level=line.level + 1)


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, _ZERO) if known else None


def _outside(parts: Iterable[SpentPart], told: _Told) -> Iterable[AgainstRow]:
    """Hours of no line, by row of the plan, else by phase; the most first."""
    grouped = _grouped(parts, lambda part: (part.task_uid, "" if part.task_uid is not None else part.phase))
    rows = [told.row(told.entries(some)[0].label, some) for some in grouped.values()]
    return sorted(rows, key=lambda row: (-row.worked, row.name))


def _roles(lines: Iterable[LineRow], parts: Iterable[SpentPart], told: _Told) -> Iterable[AgainstRow]:
    """Roles of the estimate in its order, then those that it does not name."""
    worked = _grouped(parts, lambda part: part.role.casefold())
    wanted: dict[str, list[LineRow]] = {}
    for line in lines:
        if not line.group and line.mean is not None:
            wanted.setdefault(line.role.casefold(), []).append(line)
    for key, some in wanted.items():
        estimated, amount = _sum(line.mean for line in some), _sum(line.amount for line in some)
        yield _role(some[0].role, worked.pop(key, []), told, estimated, amount)
    rest = [_role(some[0].role, some, told, None, None) for some in worked.values()]
    yield from sorted(rest, key=lambda row: (-row.worked, row.name))


def _role(
    name: str, parts: Sequence[SpentPart], told: _Told, estimated: Decimal | None, amount: Decimal | None
) -> AgainstRow:
    """A role; its entries apart where its name is written in several ways."""
    entries = tuple(
        WorkedOn(written or NO_ROLE, None, None, written, sum((part.hours for part in some), _ZERO))
        for written, some in _grouped(parts, lambda part: part.role).items()
    )
    return told.row(name or NO_ROLE, parts, estimated=estimated, amount=amount, entries=entries)


def _grouped(parts: Iterable[SpentPart], key: Callable[[SpentPart], _Key]) -> dict[_Key, list[SpentPart]]:
    found: dict[_Key, list[SpentPart]] = {}
    for part in parts:
        found.setdefault(key(part), []).append(part)
    return found


def _whole(
    found: EstimateDetail | None, lines: Iterable[LineRow], parts: Sequence[SpentPart], told: _Told
) -> AgainstRow:
    amounts = _sum(line.amount for line in lines if not line.group)
    estimated = found.hours.mean if found is not None else None
    return told.row("Whole project", parts, group=True, estimated=estimated, amount=amounts, entries=())


def _notes(found: EstimateDetail | None, parts: Sequence[SpentPart], money: _Money) -> Iterable[str]:
    """What a reader must know of these figures."""
    if found is not None and found.calibration is not None:
        by = found.calibration.by.value
        yield f"Hours of the estimate are scaled by {by} of finished work, as its own sums are."
    if found is not None and found.unpriced:
        yield f"{found.unpriced} lines have no rate: the estimated amount leaves them out."
    others = sorted({part.bill_currency for part in parts} - {"", money.currency})
    if money.known and others:
        yield f"Hours billed in {', '.join(others)} are left out of the value in {money.currency}."
