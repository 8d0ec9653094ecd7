"""Changes of estimates: a new version, its lines, what it states, calibration. Not here: approval (`approving`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.estimates.comparing import compared
from headway.areas.estimates.lines import completed
from headway.areas.estimates.models import Estimate, EstimateLine
from headway.areas.estimates.planning import lines_of_plan
from headway.areas.estimates.reading import detail, frozen_calibration, stored_lines
from headway.areas.estimates.types import (
    MOST_LINES,
    Applied,
    Basis,
    CalibrateBy,
    Came,
    Comparison,
    EstimateDetail,
    EstimateState,
    LineInput,
    Lines,
    Unit,
)
from headway.areas.hours.rate_cards import RateCard
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import keeping
from headway.areas.schedule.editing import seen_now
from headway.engine.estimating import Together
from headway.engine.rates import RateKind
from headway.engine.statistics import EstimateClass
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.schema import Currency, Name, ShortText, Text

_WHY = "lines of a visible estimate"
_COPIED = ("level", "name", "unit", "role", "optimistic", "likely", "pessimistic", "rate", "typed", "cost_rate")
_STATED = ("kind", "basis", "basis_note", "currency", "assumptions", "exclusions", "together")
_CAN_BE_EMPTIED = ("basis", "valid_until")


@command(permission="estimates.edit")
def add_estimate(
    ctx: Context,
    *,
    project: ProjectId,
    title: ShortText = "",
    kind: EstimateClass = EstimateClass.ORDER_OF_MAGNITUDE,
    currency: Currency | None = None,
    copy_of: Estimate | None = None,
) -> EstimateDetail:
    """Begin a version of a project's estimate, empty or as a copy of another of its versions.

    kind     how firm it is; the class gives its range.
    copy_of  its lines with their rates, and all it states but the validity, the calibration and the approval.
    """
    about = charter(ctx, project=project)
    values: dict[str, Any] = {"kind": kind.value, "currency": currency or about.currency}
    if copy_of is not None:
        values = {name: getattr(copy_of, name) for name in _STATED}
        title = title.strip() or copy_of.title
    row = Estimate.add(
        ctx,
        project_id=about.id,
        number=next_number(f"estimates.estimate.{about.id}"),
        title=title.strip()[:255] or f"Estimate of {about.name}"[:255],
        made_by=ctx.actor.name,
        made_by_user=ctx.actor.user_id,
        **values,
    )
    if copy_of is not None:
        _copy(copy_of, row)
    return detail(ctx, row)


def _copy(old: Estimate, new: Estimate) -> None:
    names = (*_COPIED, "position", "assumptions", "exclusions", "task_uid")
    EstimateLine.unscoped(reason=_WHY).bulk_create(
        EstimateLine(estimate=new, **{name: getattr(line, name) for name in names}) for line in stored_lines(old)
    )


@command(permission="estimates.edit", changes="estimate")
def edit_estimate(
    ctx: Context,
    *,
    estimate: Estimate,
    title: Name | None = None,
    kind: EstimateClass | None = None,
    basis: Basis | None = None,
    basis_note: Text | None = None,
    valid_until: date | None = None,
    assumptions: Text | None = None,
    exclusions: Text | None = None,
    together: Together | None = None,
    clear: tuple[ShortText, ...] = (),
) -> EstimateDetail:
    """Change what a draft states: class, basis, validity, assumptions, exclusions; what is not given stays.

    together  how far its lines run over together: what P80 is computed with.
    clear     what to empty: basis or valid_until.
    """
    _is_draft(estimate)
    wrong = [name for name in clear if name not in _CAN_BE_EMPTIED]
    if wrong:
        raise Invalid(
            f"'{wrong[0]}' cannot be emptied; basis and valid_until can.", fields=[FieldError("clear", wrong[0])]
        )
    values: dict[str, Any] = {
        "title": title,
        "kind": None if kind is None else kind.value,
        "basis": None if basis is None else basis.value,
        "basis_note": basis_note,
        "valid_until": valid_until,
        "assumptions": assumptions,
        "exclusions": exclusions,
        "together": None if together is None else together.value,
    }
    values = {name: value for name, value in values.items() if value is not None}
    values |= {name: {"basis": "", "valid_until": None}[name] for name in clear}
    estimate.change(ctx, **values)
    return detail(ctx, estimate)


def _is_draft(estimate: Estimate) -> None:
    state = EstimateState(estimate.state)
    if state is EstimateState.ASKED:
        raise Conflict(f"{estimate.ref} is sent for approval. Take it back first, or begin a new version from it.")
    if state is not EstimateState.DRAFT:
        raise Conflict(f"{estimate.ref} is {state.value} and stays as it is. Begin a new version from it.")


# --- lines ------------------------------------------------------------------------------------------------


@command(permission="estimates.edit", changes="estimate")
def set_lines(ctx: Context, *, estimate: Estimate, lines: Lines) -> EstimateDetail:
    """Write all lines of a draft, in outline order: those that are not named go, those without an id are new.

    A line keeps its rate while its role stays; a new line or role gets the rate that the cards give today.
    """
    _is_draft(estimate)
    _write(ctx, estimate, lines)
    return detail(ctx, estimate)


@command(permission="estimates.edit", changes="estimate")
def add_lines(ctx: Context, *, estimate: Estimate, lines: Lines) -> EstimateDetail:
    """Put lines behind those of a draft, such as rows that were pasted."""
    _is_draft(estimate)
    _write(ctx, estimate, (*map(as_written, stored_lines(estimate)), *lines))
    return detail(ctx, estimate)


@command(permission="estimates.edit", changes="estimate")
def take_plan(ctx: Context, *, estimate: Estimate) -> EstimateDetail:
    """Bring the rows of the project's plan into a draft that it does not hold yet, with their work as most likely.

    A task with several roles becomes a group with a line for each. Milestones stay out.
    """
    _is_draft(estimate)
    there = stored_lines(estimate)
    held = {line.task_uid for line in there if line.task_uid is not None}
    plan = keeping.seen(seen_now(ctx, estimate.project_id)).plan
    found = lines_of_plan(plan, held)
    if not found:
        raise Conflict("Every row of the plan is in this estimate already.")
    uids = [line.task_uid for line in there] + [uid for _, uid in found]
    _write(ctx, estimate, (*map(as_written, there), *(line for line, _ in found)), uids)
    return detail(ctx, estimate)


def as_written(line: EstimateLine) -> LineInput:
    """A stored line as it would be written."""
    return LineInput(
        name=line.name,
        id=line.pk,
        level=line.level,
        unit=Unit(line.unit),
        role=line.role,
        optimistic=line.optimistic,
        likely=line.likely,
        pessimistic=line.pessimistic,
        rate=line.rate if line.typed else None,
        assumptions=line.assumptions,
        exclusions=line.exclusions,
    )


def _write(
    ctx: Context, estimate: Estimate, lines: Iterable[LineInput], uids: Sequence[int | None] | None = None
) -> None:
    """Make the stored lines what is written. uids: the row of the plan of each; None = as they have it."""
    rows = completed(lines)
    if len(rows) > MOST_LINES:
        raise Invalid(
            f"{len(rows)} lines; an estimate holds at most {MOST_LINES}. Put several into one.",
            fields=[FieldError("lines", f"at most {MOST_LINES}")],
        )
    there = {line.pk: line for line in EstimateLine.of(estimate)}
    named = [row.id for row in rows if row.id is not None]
    strange = [one for one in named if one not in there]
    if strange or len(set(named)) != len(named):
        raise Invalid(
            "A line is named that is not of this estimate, or twice. Look at it anew and try again.",
            fields=[FieldError("lines", "ids of this estimate, each once", value=str((strange or named)[0]))],
        )
    prices = _Prices(ctx, estimate)
    new, changed = [], []
    for place, row in enumerate(rows):
        old = there.get(row.id) if row.id is not None else None
        values = _values(row, place, old, prices)
        if uids is not None:
            values["task_uid"] = uids[place]
        if old is None:
            new.append(EstimateLine(estimate=estimate, **values))
        elif any(getattr(old, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(old, name, value)
            changed.append(old)
    gone = set(there) - set(named)
    if not (new or changed or gone):
        return
    EstimateLine.of(estimate).filter(pk__in=gone).delete()
    EstimateLine.unscoped(reason=_WHY).bulk_create(new)
    if changed:
        names = (*_COPIED, "position", "assumptions", "exclusions", "task_uid")
        EstimateLine.unscoped(reason=_WHY).bulk_update(changed, names)
    said = [f"{len(made)} {word}" for made, word in ((new, "new"), (changed, "changed"), (gone, "gone")) if made]
    ctx.record(Estimate._meta.label, estimate.pk, "lines", len(there), f"{len(rows)} ({', '.join(said)})")
    estimate.touch()


def _values(row: LineInput, place: int, old: EstimateLine | None, prices: _Prices) -> dict[str, Any]:
    values: dict[str, Any] = {
        "position": place + 1,
        "level": row.level,
        "name": row.name,
        "unit": row.unit.value,
        "role": row.role if row.unit is Unit.HOURS else "",
        "optimistic": row.optimistic,
        "likely": row.likely,
        "pessimistic": row.pessimistic,
        "assumptions": row.assumptions,
        "exclusions": row.exclusions,
    }
    kept = old is not None and old.role == values["role"] and old.unit == values["unit"]
    if kept and old is not None and row.rate is None and not old.typed:
        return values
    bill, cost = prices.of(values["role"])
    values["cost_rate"] = old.cost_rate if kept and old is not None else cost
    values["rate"] = row.rate if row.rate is not None else bill
    values["typed"] = row.rate is not None
    return values


class _Prices:
    """What an hour of a role costs the client and the house today, in the estimate's currency; asked once."""

    def __init__(self, ctx: Context, estimate: Estimate) -> None:
        self._ctx = ctx
        self._estimate = estimate
        self._day = local_day(ctx, project=estimate.project_id)
        self._card: RateCard | None = None
        self._found: dict[str, tuple[Decimal | None, Decimal | None]] = {"": (None, None)}

    def of(self, role: str) -> tuple[Decimal | None, Decimal | None]:
        """Bill and cost rate; None where the cards have none in this currency."""
        key = role.casefold()
        if key not in self._found:
            self._found[key] = (self._rate(RateKind.BILL, role), self._rate(RateKind.COST, role))
        return self._found[key]

    def _rate(self, kind: RateKind, role: str) -> Decimal | None:
        if self._card is None:
            self._card = RateCard(charter(self._ctx, project=self._estimate.project_id))
        found = self._card.rate(kind, 0, role, self._day)
        return found.amount if found is not None and found.currency == self._estimate.currency else None


@command(permission="estimates.edit", changes="estimate", idempotent=True)
def refresh_rates(ctx: Context, *, estimate: Estimate) -> EstimateDetail:
    """Copy the rates of the cards as they are today onto a draft's lines; rates that somebody typed stay."""
    _is_draft(estimate)
    prices = _Prices(ctx, estimate)
    changed = []
    for line in EstimateLine.of(estimate).filter(unit=Unit.HOURS.value).exclude(role=""):
        bill, cost = prices.of(line.role)
        wanted = (line.rate if line.typed else bill, cost)
        if (line.rate, line.cost_rate) != wanted:
            line.rate, line.cost_rate = wanted
            changed.append(line)
    if changed:
        EstimateLine.unscoped(reason=_WHY).bulk_update(changed, ("rate", "cost_rate"))
        ctx.record(Estimate._meta.label, estimate.pk, "rates", None, f"{len(changed)} lines")
        estimate.touch()
    return detail(ctx, estimate)


# --- beside finished projects -----------------------------------------------------------------------------


@command(permission="estimates.edit", changes="estimate")
def calibrate(ctx: Context, *, estimate: Estimate, by: CalibrateBy | None = None) -> EstimateDetail:
    """Scale a draft's hours by what finished projects took for each hour estimated; None = as estimated again.

    by  whole projects, or phases or roles of the same name; lines without finished work of that name stay.
    """
    _is_draft(estimate)
    if by is None:
        estimate.change(ctx, calibration=None)
        return detail(ctx, estimate)
    found = compared(ctx, beside=estimate.project_id)
    came = _came(found, by)
    if not came:
        raise Conflict("No finished project says anything yet: it needs an approved estimate and hours logged.")
    made = Applied(
        by=by,
        factors={one.name.casefold(): one.factor for one in came},
        projects=len(found.projects),
        applied_by=ctx.actor.name,
        on=local_day(ctx, project=estimate.project_id),
    )
    estimate.change(ctx, calibration=frozen_calibration(made))
    return detail(ctx, estimate)


def _came(found: Comparison, by: CalibrateBy) -> tuple[Came, ...]:
    if by is CalibrateBy.WHOLE:
        return () if found.whole is None else (found.whole,)
    return found.phases if by is CalibrateBy.PHASE else found.roles


@command(permission="estimates.edit", destructive=True, idempotent=True, changes="estimate")
def remove_estimate(ctx: Context, *, estimate: Estimate) -> None:
    """Take a draft away; what was approved once stays for the record."""
    _is_draft(estimate)
    estimate.change(ctx, removed_at=ctx.now)
