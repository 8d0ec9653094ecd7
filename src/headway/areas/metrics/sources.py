"""Where a KPI is taken from: a query by its name, asked through the registry, and the figure in its answer.

A figure is a path of names through the answer ('value.cpi'); a list stands for the number of its items. Two paths with
' / ' between them are numerator and denominator. A query of a project is only ever asked about the KPI's own project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from headway.areas.metrics.types import PERCENT, Direction, ReadySource
from headway.engine.kpi.formulas import Measured
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, HeadwayError, Invalid, NotFound
from headway.kernel.registry import Kind, UseCase, use_case

DAY = "{day}"
_BETWEEN = " / "
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class _Ready:
    """A figure of the house, by the name under which it is offered.

    inputs  '{day}' = the period's last day. house: it is of all projects together, for KPIs of the house alone.
    """

    title: str
    about: str
    query: str
    figure: str
    unit: str
    direction: Direction
    inputs: Mapping[str, Any] = field(default_factory=dict)
    house: bool = False


_H, _L = Direction.HIGHER, Direction.LOWER
_EARNED, _USED = "budgets.earned_value", "budgets.utilisation"
_MONTH = {"scale": "month", "last": DAY, "periods": 1, "limit": 1}
READY: Mapping[str, _Ready] = {
    "cpi": _Ready("Cost performance (CPI)", "earned value / actual cost", _EARNED, "value.cpi", "", _H, {"as_of": DAY}),
    "spi": _Ready("Schedule performance (SPI)", "earned / planned", _EARNED, "value.spi", "", _H, {"as_of": DAY}),
    "spi_t": _Ready(
        "Schedule performance in time (SPI(t))", "earned time / time", _EARNED, "schedule.spi_t", "", _H, {"as_of": DAY}
    ),
    "percent_spent": _Ready(
        "Budget spent", "spent / budget", "budgets.burn", "burn.percent_spent", PERCENT, _L, {"as_of": DAY}
    ),
    "burn_gap": _Ready(
        "Burn gap", "percent spent - percent complete", "budgets.burn", "burn.gap", "points", _L, {"as_of": DAY}
    ),
    "percent_complete": _Ready(
        "Work complete", "by the plan's progress", "schedule.show", "percent_complete", PERCENT, _H
    ),
    "slip": _Ready(
        "Forecast slip of the finish", "working days after the baseline", "schedule.show", "late_days", "days", _L
    ),
    "late_tasks": _Ready("Overdue tasks", "past their day and not done", "schedule.show", "late_tasks", "", _L),
    "plan_faults": _Ready("To mend in the plan", "findings of the plan", "schedule.plan_faults", "count", "", _L),
    "open_risks": _Ready("Open risks", "in the register", "projects.risks", "", "", _L, {"state": "open"}),
    "high_risks": _Ready("Open high risks", "threats, exposure 12 or more", "projects.high_risks", "", "", _L),
    "open_issues": _Ready("Open issues", "in the register", "projects.issues", "", "", _L, {"state": "open"}),
    "open_changes": _Ready("Open change requests", "not settled", "scope.change_requests", "open", "", _L),
    "milestones_hit": _Ready(
        "Milestones hit", "reached by their baseline day / due", "schedule.milestones_hit", "hit / due", PERCENT, _H,
        {"as_of": DAY},
    ),
    "budget_overburn": _Ready(
        "Overburn", "hours spent / budgeted - 1", "budgets.realisation", "overburn", PERCENT, _L, {"as_of": DAY}
    ),
    "realisation_hours": _Ready(
        "Realisation, hours", "billed / billable hours", "budgets.realisation", "realisation_hours", PERCENT, _H,
        {"as_of": DAY},
    ),
    "realisation_value": _Ready(
        "Realisation, value", "invoiced / (billable hours × rate)", "budgets.realisation", "realisation_value", PERCENT,
        _H, {"as_of": DAY},
    ),
    "utilisation_net": _Ready(
        "Utilisation, net", "billable / (capacity − leave), month to date", _USED, "net", PERCENT, _H, _MONTH, True
    ),
    "utilisation_gross": _Ready(
        "Utilisation, gross", "billable / capacity, month to date", _USED,
        "whole.total.billable / whole.total.capacity", PERCENT, _H, _MONTH, True,
    ),
    "hours_approved": _Ready(
        "Hours approved", "of the last four whole weeks", "hours.hours_approved", "approved / logged", PERCENT, _H,
        {"as_of": DAY},
    ),
    "timesheets": _Ready(
        "Timesheets in", "people who logged / expected, last week", "hours.timesheets_in", "percent", PERCENT, _H,
        {"as_of": DAY},
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A query with its inputs and the path to the figure in its answer."""

    query: str
    inputs: Mapping[str, Any]
    figure: str


def ready_sources() -> tuple[ReadySource, ...]:
    """The figures of the house that this installation can give, in their order."""
    return tuple(
        ReadySource(name, one.title, one.about, one.query, one.figure, one.unit, one.direction, one.house)
        for name, one in READY.items()
        if _known(one.query) is not None
    )


def ready_source(name: str) -> Source:
    """A figure of the house by the name under which it is offered; Invalid names those there are."""
    if name not in READY:
        raise Invalid(
            f"There is no ready source '{name}'. Choose one of: {', '.join(READY)}.",
            fields=[FieldError("ready", "not known", value=name)],
        )
    found = READY[name]
    return Source(found.query, dict(found.inputs), found.figure)


def title_of(source: Source) -> str:
    """How people call the source; its query and figure where it is not one of the ready ones."""
    for one in READY.values():
        if (one.query, one.figure, dict(one.inputs)) == (source.query, source.figure, dict(source.inputs)):
            return f"{one.title}: {one.about}"
    return f"{source.query}, {source.figure or 'number of items'}"


def check_source(ctx: Context, source: Source, project_id: int | None) -> str:
    """The permission that asking needs. Raises Invalid or Denied where it may not be asked like this.

    A query of the house's own figures is asked with all rights, so that only an administrator may choose one.
    """
    case = _known(source.query)
    if case is None:
        raise Invalid(f"There is no query '{source.query}'.", fields=[FieldError("query", "not known")])
    names = {parameter.name: parameter for parameter in case.signature.parameters}
    unknown = [name for name in source.inputs if name not in names]
    if unknown:
        raise Invalid(f"{source.query} has no input '{unknown[0]}'.", fields=[FieldError("inputs", unknown[0])])
    for name in source.inputs:
        if name == "project" or names[name].model is not None or names[name].ref is not None:
            raise Invalid(
                f"The input '{name}' names a record. A KPI asks about its own project alone.",
                fields=[FieldError("inputs", name)],
            )
    if project_id is not None and "project" not in names:
        raise Invalid(f"{source.query} is not about a project.", fields=[FieldError("query", "not of a project")])
    if project_id is None and "project" in names and names["project"].required:
        raise Invalid(f"{source.query} needs a project.", fields=[FieldError("query", "needs a project")])
    if project_id is None and not ctx.actor.is_system and ctx.actor.org_role != "administrator":
        raise Denied("A figure over all projects is chosen by an administrator, for it is taken with all rights.")
    return case.permission


def ask(ctx: Context, source: Source, *, project_id: int | None, day: date) -> tuple[Measured, dict[str, Any]]:
    """What the query gives now, and how it was asked; with the rights of the context.

    Raises Invalid where the answer holds no number, and what the query itself raises.
    """
    case = _known(source.query)
    if case is None:
        raise Invalid(f"There is no query '{source.query}' in this installation.")
    inputs = {name: day.isoformat() if value == DAY else value for name, value in source.inputs.items()}
    if project_id is not None:
        inputs["project"] = project_id
    answer = case.call_json(ctx, inputs)
    above, between, below = source.figure.partition(_BETWEEN)
    asked = {"query": source.query, "inputs": inputs, "figure": source.figure}
    if not between:
        return Measured(_number(answer, above, source)), asked
    return Measured(numerator=_number(answer, above, source), denominator=_number(answer, below, source)), asked


def tried(ctx: Context, source: Source, *, project_id: int | None, day: date) -> None:
    """Ask once with the rights of whoever chose the source; a figure that is not known yet is no fault."""
    try:
        ask(ctx, source, project_id=project_id, day=day)
    except (_NotYet, NotFound, Conflict):  # no plan yet, no budget yet
        return
    except HeadwayError as refusal:
        raise Invalid(refusal.message, fields=[FieldError("query", refusal.message)]) from refusal


class _NotYet(Invalid):
    """The figure is there, and has no value yet."""

    code = "metrics_not_measured"


def _known(name: str) -> UseCase[Any] | None:
    try:
        found = use_case(name)
    except KeyError:
        return None
    return found if found.kind is Kind.QUERY and not found.internal else None


def _number(answer: Any, path: str, source: Source) -> Decimal:
    found, walked = answer, ""
    for name in filter(None, path.strip().split(".")):
        walked = f"{walked}.{name}".lstrip(".")
        if found is None:
            raise _NotYet(f"{source.query} gives nothing at '{walked}' yet.")
        if not isinstance(found, Mapping) or name not in found:
            raise Invalid(
                f"The answer of {source.query} has nothing at '{walked}'.", fields=[FieldError("figure", walked)]
            )
        found = found[name]
    if isinstance(found, Mapping) and "value" in found:  # a figure with its formula
        if found["value"] is None:
            raise _NotYet(str(found.get("reason") or f"{source.query} gives no value for '{path}' yet."))
        found = found["value"]
    if isinstance(found, Mapping) and "items" in found and found.get("next"):
        raise Invalid(
            f"{source.query} answers by pages; name a figure in its answer.", fields=[FieldError("figure", "")]
        )
    if isinstance(found, list):
        return Decimal(len(found))
    if found is None:
        raise _NotYet(f"{source.query} gives no value at '{path}' yet.")
    try:
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            raise InvalidOperation
        return Decimal(str(found)).quantize(_PLACES)
    except InvalidOperation:
        raise Invalid(
            f"The answer of {source.query} is no number at '{path}'.", fields=[FieldError("figure", path)]
        ) from None
