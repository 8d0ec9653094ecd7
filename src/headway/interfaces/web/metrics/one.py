"""The page of one KPI: its line with limits, what may be said of it, its samples; and the trace of one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.metrics import comparing, queries
from headway.areas.metrics.trace_types import Revision, Trace
from headway.areas.metrics.types import Compared, Formula, Groups, KpiDetail, Point, SourceKind, State
from headway.areas.metrics.wording import age_text, value_text
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Fact, Input, Link, Source
from headway.interfaces.web.metrics.drawing import picture
from headway.interfaces.web.metrics.words import FLAGS, TONES, quality_source, quality_text, source
from headway.interfaces.web.page import page, show
from headway.interfaces.web.projects import drawings
from headway.interfaces.web.submitting import day_of
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

_MOST = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the page and where it comes from."""

    name: str
    label: str
    value: str
    note: str = ""
    tone: str = ""
    source: Source | None = None


@page()
def kpi(request: HttpRequest, ctx: Context, kpi: int) -> HttpResponse:
    """A KPI as it stands, or as it was known on a day."""
    day = day_of(request.GET.get("day"))
    found: KpiDetail = queries.kpi(ctx, kpi=kpi, as_of=day)
    project = home_of(ctx, found)
    groups = _groups(ctx, found, request.GET.get("other", ""))
    shares = _shares(ctx, found) if found.formula.formula is Formula.RATIO else []
    values: dict[str, Any] = {
        "found": found,
        "row": found.row,
        "tone": TONES[found.row.state],
        "answer": _sentence(found),
        "figures": _figures(found),
        "facts": _facts(found),
        "picture": picture(found),
        "points": [(point, TONES[point.state], _flags(point)) for point in reversed(found.points)][:_MOST],
        "more": max(0, len(found.points) - _MOST),
        "compared": [
            (one, f"compared-{place}", _compared_source(found, one)) for place, one in enumerate(found.compared)
        ],
        "quality": [
            (one, quality_text(one), f"quality-{place}", quality_source(one, found.row.as_of))
            for place, one in enumerate(found.quality)
        ],
        "batches": [(one, [(each, quality_text(each)) for each in one.quality]) for one in found.batches],
        "effects": _effects(ctx, found),
        "shares": shares,
        "groups": groups,
        "groups_source": _groups_source(groups, found),
        "day": day,
        "edits": may(ctx, "metrics.edit", project_id=found.project_id) and day is None,
        "records": may_record(ctx, found) and day is None and not found.retired,
        "by_query": found.source is SourceKind.QUERY,
        "unsure": any(FLAGS[flag] == "not confirmed" for point in found.points for flag in point.flags),
        "style": drawings.style_address(),
    }
    return framed(request, ctx, "metrics/kpi.html", values, found, project)


def home_of(ctx: Context, found: KpiDetail) -> Charter | None:
    """The project of a KPI; None for one of the house."""
    return None if found.project_id is None else projects.charter(ctx, project=found.project_id)


def framed(
    request: HttpRequest,
    ctx: Context,
    template: str,
    values: dict[str, Any],
    found: KpiDetail,
    project: Charter | None,
    *,
    below: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of a KPI, in the frame of its project or of the house. below: what it is called under the KPI."""
    ref = found.row.ref
    here = (Link(ref, reverse("kpi", args=[found.row.id])), Link(below)) if below else (Link(ref),)
    crumbs = here if project is not None else (Link("KPIs", reverse("kpis")), *here)
    return show(request, ctx, template, values, project=project, tab="kpis", crumbs=crumbs, status=status)


def may_record(ctx: Context, found: KpiDetail) -> bool:
    """Whether this person may enter samples of it: who runs the project, and its owner."""
    runs = may(ctx, "metrics.edit", project_id=found.project_id)
    mine = found.row.owner_id is not None and found.row.owner_id == ctx.actor.person_id
    return runs or (mine and may(ctx, "metrics.record", project_id=found.project_id))


def recorded(ctx: Context, kpi: int) -> KpiDetail:
    """A KPI of which this person may enter samples; others find no form for it."""
    found: KpiDetail = queries.kpi(ctx, kpi=kpi)
    if not may_record(ctx, found):
        raise Denied("Your role does not allow this (enter samples of KPIs that others own).")
    return found


def _sentence(found: KpiDetail) -> str:
    row = found.row
    if row.state is State.NO_DATA:
        return "No sample yet. Enter the first one, or bring a file."
    said = f"{row.shown} in {row.period}"
    said += f", wanted {row.target}: {row.attained_text or row.state_text.lower()}" if row.target else ""
    if row.state is State.STALE:
        return f"{said}. Stale: the newest sample is older than {found.stale_words}."
    return f"{said}. {row.trend_text[:1].upper()}{row.trend_text[1:]}."


def _figures(found: KpiDetail) -> list[Figure]:
    row = found.row
    told = [Figure("value", row.period or "Value", row.shown, row.changed, TONES[row.state], source(row))]
    for place, one in enumerate(found.together):
        told.append(Figure(f"together-{place}", one.name, one.shown, _cases(one.n), "", _together_source(found, place)))
    level = found.service_level
    if level is not None and level.budget is not None and level.budget.consumed is not None:
        used = value_text(level.budget.consumed, "%")
        note = f"burn {value_text(level.budget.burn, '')}"
        told.append(Figure("budget", "Error budget used", used, note, "", _budget_source(found)))
    if level is not None and level.projection is not None:
        ahead = level.projection
        span = f"{value_text(ahead.low, '%')} to {value_text(ahead.high, '%')}"
        told.append(
            Figure("ahead", "At the period's end", value_text(ahead.expected, "%"), span, "", _ahead_source(found))
        )
    return told


def _cases(n: int | None) -> str:
    return "" if n is None else f"{n:,} {'case' if n == 1 else 'cases'}"


def _together_source(found: KpiDetail, place: int) -> Source:
    one = found.together[place]
    pairs = (("Numerator", one.numerator), ("Denominator", one.denominator))
    inputs = [Input(name, f"{value.normalize():f}") for name, value in pairs if value is not None]
    return Source(
        found.formula.words + (f". {one.reason}" if one.reason else ""),
        (*inputs, Input("Samples", str(one.periods))),
        found.row.as_of,
        f"{one.periods} samples, computed again and never averaged",
    )


def _budget_source(found: KpiDetail) -> Source:
    level = found.service_level
    budget = level.budget if level is not None else None
    if budget is None:
        return Source()
    inputs = (
        Input("Target", f"{budget.target.normalize():f} %"),
        Input("Cases that count", str(budget.cases)),
        Input("Not kept", str(budget.bad)),
        Input("May fail", value_text(budget.budget, "")),
    )
    return Source("not kept / ((1 − target) × cases); burn = share not kept / (1 − target)", inputs, found.row.as_of)


def _ahead_source(found: KpiDetail) -> Source:
    level = found.service_level
    if level is None or level.projection is None:
        return Source()
    inputs = (
        Input("Used of the whole period's budget", value_text(level.projection.consumed, "%")),
        Input("Share of the cases that are in", value_text(level.projection.share, "%")),
        Input("Cases expected", f"{level.expected}, the mean of the periods before"),
    )
    said = "used so far / share of the cases so far; the range by the 95 % interval of what fails"
    return Source(said, inputs, found.row.as_of)


def _facts(found: KpiDetail) -> list[Fact]:
    row, baseline = found.row, found.baseline
    limits = f"{found.least if found.least is not None else '…'} to {found.most if found.most is not None else '…'}"
    bounds = limits if found.least is not None or found.most is not None else ""
    facts = [
        Fact("Goal", row.goal),
        Fact("Basis", row.basis),
        Fact("Formula", f"{found.formula.words} (version {found.formula.number})"),
        Fact("Target", row.target),
        Fact("Colours", row.thresholds),
        Fact("Measured", row.frequency.value.replace("_", " ")),
        Fact("Stale after", found.stale_words),
        Fact("Source", row.source_words),
        Fact("Owner", row.owner),
        Fact("Least number of cases", str(row.minimum_n) if row.minimum_n > 1 else ""),
        Fact("Can only be", bounds),
        Fact("Baseline", f"{baseline.first_name} to {baseline.last_name}: {baseline.reason}" if baseline else ""),
        Fact("Business hours", f"{found.hours}, {found.zone}"),
    ]
    return [fact for fact in facts if fact.value]


def _flags(point: Point) -> list[str]:
    return [FLAGS[flag] for flag in point.flags]


def _effects(ctx: Context, found: KpiDetail) -> list[tuple[Any, Any, str]]:
    """What came of each noted change: the note, the comparison or None, and why there is none."""
    told: list[tuple[Any, Any, str]] = []
    for note in found.notes:
        if not note.change:
            continue
        try:
            told.append((note, comparing.effect(ctx, kpi=found.row.id, day=note.day), ""))
        except Conflict as refusal:
            told.append((note, None, refusal.message))
    return told


def _shares(ctx: Context, found: KpiDetail) -> list[tuple[int, str]]:
    """Other shares of the same project, to set beside this one."""
    if found.project_id is None:
        return []
    rows = queries.scorecard(ctx, project=found.project_id, limit=200).rows
    return [(one.id, one.name) for one in rows if one.id != found.row.id and one.unit == found.row.unit]


def _groups(ctx: Context, found: KpiDetail, other: str) -> Any:
    if not other.isascii() or not other.isdigit():
        return None
    try:
        return comparing.groups(ctx, kpi=found.row.id, other=int(other))
    except (Invalid, NotFound) as refusal:
        return {"text": refusal.message}


def _groups_source(groups: Any, found: KpiDetail) -> Source:
    return of_row(
        (
            "Share = sum of the numerators / sum of the denominators of all samples",
            "95 % interval by Wilson; difference by the pooled z test, shown from 1.96",
        ),
        (Input("Result", groups.text),) if isinstance(groups, Groups) else (),
        as_of=found.row.as_of,
        records="the samples of both KPIs",
        href=reverse("kpi", args=[found.row.id]),
    )


def _compared_source(found: KpiDetail, one: Compared) -> Source:
    return of_row(
        (found.formula.words, "Change = now − then"),
        (Input("Then", one.shown), Input("Now", found.row.shown)),
        as_of=found.row.as_of,
        records=f"{one.name}; {one.text}",
        href=f"{reverse('kpi', args=[found.row.id])}#samples",
    )


@page()
def trace(request: HttpRequest, ctx: Context, kpi: int, period: str) -> HttpResponse:
    """Where the value of one period comes from."""
    found: KpiDetail = queries.kpi(ctx, kpi=kpi)
    try:
        told = queries.trace(ctx, kpi=kpi, period=period)
    except Invalid as refusal:
        raise NotFound("There is nothing here.") from refusal
    project = home_of(ctx, found)
    values = {
        "found": found,
        "told": told,
        "title": f"{found.row.name}, {told.point.name}",
        "answer": f"{told.point.shown}: {told.point.reason}" if told.point.reason else told.point.shown,
        "point": told.point,
        "tone": TONES[told.point.state],
        "flags": _flags(told.point),
        "facts": _trace_facts(told),
        "by_priority": sorted(told.detail.get("by_priority", {}).items()),
        "cases_source": _cases_source(told),
        "revisions": [(one, f"revision-{one.number}", _revision_source(told, one)) for one in told.revisions],
    }
    return framed(request, ctx, "metrics/trace.html", values, found, project, below=told.point.name)


def _cases_source(told: Trace) -> Source:
    """Where the figures of all cases of a period come from."""
    promises = [Input(one.priority or "others", age_text(one.minutes)) for one in told.formula.promises]
    kept = [Input(name.capitalize(), str(told.detail[name])) for name in ("hours", "zone") if told.detail.get(name)]
    return of_row(
        (
            "Business minutes = business time from start to stop, or until it was counted, less its pauses",
            "Promised = business minutes by its priority; Due = start + promised + the pauses",
        ),
        (*promises, *kept),
        as_of=told.point.as_of,
        records=f"{told.point.provenance.value}: {told.point.said_by}",
        href=reverse("kpi", args=[told.kpi_id]),
    )


def _revision_source(told: Trace, one: Revision) -> Source:
    """Where one stored state of a period comes from."""
    pairs = (("Numerator", one.numerator), ("Denominator", one.denominator))
    inputs = [Input(name, f"{value.normalize():f}") for name, value in pairs if value is not None]
    if one.n is not None:
        inputs.append(Input("Cases", str(one.n), "#cases" if told.cases else ""))
    return of_row(
        ("taken back" if one.withdrawn else f"{told.formula.words} (version {told.formula.number})",),
        (*inputs, Input("Came from", one.provenance.value), Input("By", one.said_by)),
        as_of=one.as_of,
        records=f"revision {one.number} of {told.point.name}",
        href=reverse("kpi", args=[told.kpi_id]) + "#samples",
    )


def _trace_facts(told: Trace) -> list[Fact]:
    point, target = told.point, told.target
    pairs = (("Numerator", point.numerator), ("Denominator", point.denominator))
    facts = [Fact(name, f"{value.normalize():f}") for name, value in pairs if value is not None]
    facts += [
        Fact("Cases", "" if point.n is None else str(point.n)),
        Fact("Formula", f"version {told.formula.number}: {told.formula.words}"),
        Fact("Target", f"{target.shown}, since {target.since:%Y-%m-%d}, set by {target.set_by}" if target else ""),
        Fact("Colours", target.thresholds if target else ""),
        Fact("Attained", point.attained_text),
        Fact("Came from", f"{point.provenance.value}: {point.said_by}"),
        Fact("Query", str(told.detail.get("query", ""))),
        Fact("Figure", str(told.detail.get("figure", ""))),
        Fact("Basis", str(told.detail.get("basis", ""))),
    ]
    return [fact for fact in facts if fact.value]
