"""The chances on the forecast page: finish, deadlines, what moves them, what each risk costs; simulating anew.

What is kept is shown; where nothing is kept yet, a few runs are computed while one looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.projects import commands
from headway.areas.projects.types import Charter
from headway.areas.schedule.simulating import simulation
from headway.areas.schedule.simulation_keeping import kept_simulation
from headway.areas.schedule.simulation_types import Chances, DeadlineChance, KeptSimulation, RiskCost
from headway.areas.schedule.types import FinishChances
from headway.engine.rag import limits_from
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, offered, page, working_project
from headway.interfaces.web.projects.chances_picture import picture
from headway.interfaces.web.projects.figures import KeyFigure
from headway.interfaces.web.submitting import pressed
from headway.interfaces.web.templatetags.formats import short_date, weekday_date
from headway.journeys import risk_forecast
from headway.kernel import jobs
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.jobs_worker import workers_alive

_PERCENT = Decimal(100)


def shown(ctx: Context, project: Charter, locale: Locale, *, at_once: bool) -> dict[str, Any]:
    """What the section shows: the kept simulation, or one computed now where somebody waits for it."""
    kept = kept_simulation(ctx, project=project.id)
    values: dict[str, Any] = {"kept": kept, "limit": limits_from(project.rag_limits).deadline_chance}
    if kept.working:
        values |= _work(kept, project)
    if kept.chances is not None:
        return values | _of_kept(kept.chances, kept, project, locale)
    if not at_once:
        return values
    try:
        found = simulation(ctx, project=project.id)
    except Invalid as refused:
        return values | {"simulated": True, "refused": str(refused)}
    return values | _common(found, None, project, locale)


@act
def simulate(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Have the plan simulated anew."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.simulate", project)
    return pressed(
        request,
        lambda: risk_forecast.simulate(ctx, project=project.id),
        done="The plan is simulated in the background; the page shows what comes of it.",
        to=_here(project),
    )


@page()
def progress(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """How far the simulation is."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    return render(request, "capacity/progress.html", _work(kept_simulation(ctx, project=project.id), project))


@act
def limit(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Below which chance of the deadline the Desk says so."""
    project = working_project(ctx, key)
    offered(ctx, "projects.edit", project)
    typed = request.POST.get("limit", "").strip()

    def keep() -> None:
        if not typed.isdecimal() or int(typed) > _PERCENT:
            raise Invalid(f"'{typed[:20]}' is no percent; give 0 to 100.", fields=[FieldError("limit", "0 to 100")])
        commands.edit(ctx, project=project.id, rag_limits={**project.rag_limits, "deadline_chance": int(typed)})

    return pressed(request, keep, done=f"The Desk tells a chance below {typed} %.", to=_here(project))


def _here(project: Charter) -> str:
    return f"{reverse('forecast', args=[project.key])}#chances"


def _work(kept: KeptSimulation, project: Charter) -> dict[str, Any]:
    told = kept.told
    if kept.working and not kept.percent and not workers_alive(queue=jobs.LONG):
        told = "It waits: no worker is running. It begins as soon as 'headway serve' or 'headway worker' runs."
    return {
        "address": reverse("forecast-progress", args=[project.key]),
        "ended": "" if kept.working else reverse("forecast", args=[project.key]),
        "told": told or "The simulation is done.",
        "percent": kept.percent,
    }


# --- what is said -------------------------------------------------------------------------------


def _of_kept(found: Chances, kept: KeptSimulation, project: Charter, locale: Locale) -> dict[str, Any]:
    values = _common(found.finish, found.deadline, project, locale)
    values["figures_of_chances"] += tuple(_risk_figures(found, project, locale))
    return values | {
        "chances": found,
        "risk_rows": tuple(_risk_row(one, project, locale) for one in found.risks),
        "answer_of_risks": _answer(found, locale),
    }


def _common(found: FinishChances, deadline: DeadlineChance | None, project: Charter, locale: Locale) -> dict[str, Any]:
    return {
        "simulated": True,
        "finish": found,
        "figures_of_chances": tuple(_figures(found, deadline, project, locale)),
        "basis": basis_of(found),
        "runs": f"{found.runs:,}",
        "picture": picture(found, deadline, locale),
        "chance_rows": tuple((one, _span(one.probability, one.low, one.high)) for one in found.dates),
        "driver_rows": tuple((one, bar(one.cruciality), f"{one.criticality * 100:.0f} %") for one in found.drivers),
    }


def _span(value: Decimal, low: Decimal, high: Decimal) -> str:
    return f"{value * 100:.0f} % ({low * 100:.0f} to {high * 100:.0f})"


def _figures(
    found: FinishChances, deadline: DeadlineChance | None, project: Charter, locale: Locale
) -> tuple[KeyFigure, ...]:
    runs = (Input("Runs", f"{found.runs:,}"), Input("Seed", str(found.seed)))
    plan = reverse("plan", args=[project.key])
    records = "the plan, scheduled anew in every run"
    source = Source(
        formula="The finish that so large a share of the runs does not exceed",
        inputs=(*runs, Input("Durations", basis_of(found))),
        records=records,
        href=plan,
        short="Share of the runs that end by then",
    )
    if deadline is not None:
        met = _of_deadline(found, deadline, project, runs, locale)
    else:
        on_time = Source(
            formula="Runs that end by the plan's finish / all runs",
            inputs=(*runs, Input("Plan's finish", weekday_date(found.planned, locale))),
            records=records,
            href=plan,
        )
        met = KeyFigure("chance-planned", "Chance of the plan's finish", _percent(found.on_time),
                        short_date(found.planned, locale), "", on_time)  # fmt: skip
    return (
        met,
        KeyFigure("chance-p50", "As likely before as after (P50)", short_date(found.p50, locale), "", "", source),
        KeyFigure("chance-p80", "Safe in 8 of 10 cases (P80)", short_date(found.p80, locale), "", "", source),
    )


def _of_deadline(
    found: FinishChances, deadline: DeadlineChance, project: Charter, runs: tuple[Input, ...], locale: Locale
) -> KeyFigure:
    late = deadline.late_days
    room = f"its P80 lies {_days(late)} {'after' if late > 0 else 'before'} it" if late else "its P80 lies on it"
    source = Source(
        formula="Runs that end by the deadline / all runs",
        inputs=(
            *runs,
            Input("Deadline", f"{deadline.name}: {weekday_date(deadline.day, locale)}"),
            Input("95 % interval", f"{deadline.low * 100:.0f} to {deadline.high * 100:.0f} %"),
            Input("P80 of it", weekday_date(deadline.p80, locale)),
        ),
        records="the charter" if deadline.task is None else "the task's deadline",
        href=reverse("charter", args=[project.key])
        if deadline.task is None
        else reverse("task", args=[project.key, deadline.task]),
        short="Share of the runs that end by the deadline",
    )
    limit = limits_from(project.rag_limits).deadline_chance
    tone = "red" if deadline.probability * 100 < limit else ""
    note = f"{short_date(deadline.day, locale)}, {deadline.name[:1].lower()}{deadline.name[1:]}; {room}"
    if deadline.task is not None:
        note = f"{short_date(deadline.day, locale)}, {deadline.name}; {room}"
    return KeyFigure("chance-deadline", "Chance of the deadline", _percent(deadline.probability), note, tone, source)


def _risk_figures(found: Chances, project: Charter, locale: Locale) -> tuple[KeyFigure, ...]:
    """The P80 without risks, and after all responses."""
    if not found.risks:
        return ()
    p80 = Input("P80 with the risks", weekday_date(found.finish.p80, locale))
    href = reverse("register", args=[project.key, "risks"])

    def source(formula: str) -> Source:
        inputs = (p80, Input("Risks valued", str(len(found.risks))), Input("Seed", str(found.finish.seed)))
        return Source(formula=formula, inputs=inputs, records="the register of risks", href=href)

    figures = [
        KeyFigure("chance-bare", "P80 if no risk happened", short_date(found.without_risks, locale), "", "",
                  source("The same runs with the same durations, without any risk"))
    ]  # fmt: skip
    if found.after_responses is not None:
        figures.append(
            KeyFigure("chance-after", "P80 after all responses", short_date(found.after_responses, locale), "", "",
                      source("The same runs, with what is left of each risk after its response"))
        )  # fmt: skip
    return tuple(figures)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.0f}\u00a0%"


def basis_of(found: FinishChances) -> str:
    """'Tasks without an estimate vary as the 12 finished tasks did: 8 of 10 took 90 % to 140 % of their estimate.'"""
    own = f"{found.own_estimates} tasks vary by their own estimates. " if found.own_estimates else ""
    low, high = (f"{share * 100:.0f} %" for share in (found.spread_low, found.spread_high))
    if not found.by_history:
        return f"{own}Tasks without an estimate vary from {low} to {high} of their duration, by {found.spread_from}."
    took = low if low == high else f"{low} to {high}"
    return f"{own}Tasks without an estimate vary as {found.spread_from} did: 8 of 10 took {took} of their estimate."


# --- risks --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A risk as the table of costs tells it."""

    ref: str
    title: str
    href: str
    chance: str
    days: str
    tasks: str
    cost: str
    saves: str
    source: Source


def _risk_row(one: RiskCost, project: Charter, locale: Locale) -> RiskLine:
    return RiskLine(
        one.ref,
        one.title,
        reverse("record", args=[project.key, "risks", int(one.ref.rpartition("-")[2])]),
        f"{one.chance.normalize():f} %",
        points(one.days),
        f"{one.tasks} task{'' if one.tasks == 1 else 's'}",
        _cost(one.costs),
        "–" if one.saves is None else _cost(one.saves, "saves"),
        Source(
            formula="P80 with all risks − P80 of the same runs without this one, in working days",
            inputs=(
                Input("Chance", f"{one.chance.normalize():f} %"),
                Input("Days if it happens", points(one.days)),
                Input("P80 without it", weekday_date(one.p80_without, locale)),
                *([Input("P80 after its response", weekday_date(one.p80_after, locale))] if one.p80_after else []),
            ),
            records=one.ref,
            href=reverse("record", args=[project.key, "risks", int(one.ref.rpartition("-")[2])]),
        ),
    )


def points(days: tuple[Decimal, ...]) -> str:
    """'2 / 5 / 10'; one figure where all three are the same."""
    texts = [f"{day.normalize():f}" for day in days]
    return texts[0] if len(set(texts)) == 1 else " / ".join(texts)


def _cost(days: int, verb: str = "") -> str:
    if not days:
        return "none"
    if verb:
        return _days(days) if days > 0 else f"costs {_days(days)}"
    return _days(days) if days > 0 else f"gains {_days(days)}"


def _days(count: int) -> str:
    return f"{abs(count)} day{'' if abs(count) == 1 else 's'}"


def _answer(found: Chances, locale: Locale) -> str:
    """'Without RISK-3 the P80 is 4 days earlier; its response takes 3 of them.'"""
    worst = max(found.risks, key=lambda one: one.costs, default=None)
    if worst is None:
        return ""
    if worst.costs <= 0:
        return "No risk moves the P80."
    said = f"Without {worst.ref} the P80 is {_days(worst.costs)} earlier"
    if worst.saves is None:
        return f"{said}; nothing says yet what its response leaves of it."
    if worst.saves <= 0:
        return f"{said}; its response takes none of them."
    return f"{said}; its response takes {'all' if worst.saves == worst.costs else worst.saves} of them."


def bar(share: Decimal) -> SafeString:
    """A bar as long as a share of 1; the figure stands beside it."""
    width = f"{max(Decimal(0), min(Decimal(1), share)) * 100:.1f}"
    return mark_safe(  # noqa: S308  made of a number
        '<svg class="hw-share" aria-hidden="true" viewBox="0 0 100 8" preserveAspectRatio="none">'
        '<rect class="hw-share-of" width="100" height="8"/>'
        f'<rect class="hw-share-is" width="{width}" height="8"/></svg>'
    )
