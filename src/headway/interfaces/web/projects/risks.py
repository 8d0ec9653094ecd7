"""What risks have beside other registers: what they cost by expectation, their effect on health, becoming an issue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.projects import commands, queries
from headway.areas.projects.risk_types import RiskKind
from headway.areas.projects.types import Charter, RiskRow, State
from headway.engine import rag
from headway.engine.units import Money
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.page import act, say, warn, working_project
from headway.interfaces.web.projects.chances import points
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound


def expected_cost(rows: tuple[RiskRow, ...], project: Charter) -> tuple[Money, Source] | None:
    """What the open risks cost by expectation; None where none says what it costs."""
    told = [(row, row.expected_money) for row in rows if row.state is State.OPEN and row.expected_money is not None]
    if not told:
        return None
    source = Source(
        formula="Sum of chance × (least + 4 × likely + most) / 6; opportunities count against it",
        inputs=tuple(
            Input(row.ref, f"{row.chance.normalize():f} % of {points(row.money)}", of_ref(project, "risks", row.ref))
            for row, _ in told
        ),
        records="the open risks that say what they cost",
        short="Chance times money, over the open risks",
    )
    whole = sum((amount for _, amount in told if amount is not None), Decimal(0))
    return Money(whole, project.currency), source


def of_ref(project: Charter, slug: str, ref: str) -> str:
    """The page of a record that is quoted as 'RISK-3'."""
    return reverse("record", args=[project.key, slug, int(ref.rpartition("-")[2])])


@act
def happened(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """A risk that happened becomes an issue."""
    project = working_project(ctx, key)
    row = next((row for row in queries.risks(ctx, project=project.id) if row.number == number), None)
    if row is None:
        raise NotFound("There is nothing here.")
    try:
        issue = commands.risk_happened(ctx, risk=row.id)
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
        return redirect(of_ref(project, "risks", row.ref))
    say(request, f"{row.ref} happened: it is {issue.ref} now.")
    return redirect(of_ref(project, "issues", issue.ref))


# --- the effect of a change of a risk, before it is saved ---------------------------------------


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of a risk would do to its exposure and to the project's risk health."""

    before: int | None
    after: int
    colour_before: str
    colour_after: str
    reason: str


@act
def risk_effect(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What the values of a form would make of a risk's exposure and of the risk health."""
    project = working_project(ctx, key)
    open_ = queries.risks(ctx, project=project.id, state=State.OPEN)
    present = next((row for row in open_ if str(row.number) == request.POST.get("number", "")), None)
    scales = [request.POST.get(name, "") for name in ("probability", "impact")]
    if any(value not in {"1", "2", "3", "4", "5"} for value in scales):
        return HttpResponse("")
    exposure = int(scales[0]) * int(scales[1])
    if request.POST.get("kind") == RiskKind.OPPORTUNITY.value:
        return HttpResponse("")  # it hurts nobody's health
    open_ = tuple(row for row in open_ if row.kind is RiskKind.THREAT or row is present)
    changed = [_open_risk(row) for row in open_ if row is not present]
    if request.POST.get("state") != State.CLOSED.value:
        dated = bool(request.POST.get("response") and request.POST.get("response_due"))
        changed.append(rag.OpenRisk(request.POST.get("title", "") or "This risk", exposure, dated))
    limits = rag.limits_from(project.rag_limits)
    before, after = _risk_health([_open_risk(row) for row in open_], limits), _risk_health(changed, limits)
    was = present.exposure if present is not None else None
    effect = Effect(was, exposure, before.colour.value, after.colour.value, after.reason)
    return render(request, "projects/effect.html", {"effect": effect})


def _open_risk(row: Any) -> rag.OpenRisk:
    return rag.OpenRisk(row.title, row.exposure, bool(row.response and row.response_due))


def _risk_health(risks: list[rag.OpenRisk], limits: rag.RagLimits) -> rag.RagReading:
    return next(
        reading
        for reading in rag.judge(replace(_NOTHING, risks=tuple(risks)), limits)
        if reading.dimension is rag.Dimension.RISK
    )


_NOTHING = rag.RagInputs(
    schedule=None,
    cost=None,
    scope=None,
    risks=None,
    quality=None,
    client_inputs=None,
    people=None,
    freshness=rag.Freshness(None, None),
    missing=tuple((dimension, "not asked") for dimension in rag.Dimension if dimension is not rag.Dimension.RISK),
)
