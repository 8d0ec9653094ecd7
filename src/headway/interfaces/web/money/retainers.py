"""Retainers of a project: the hours that are left, the ledger by period, planning ahead, deciding, closing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import retainer_ledger as queries
from headway.areas.budgets import retainers as commands
from headway.areas.budgets.money_types import RetainerLine, RetainerRow
from headway.areas.projects.types import Charter
from headway.engine.measures import Measure, shown
from headway.engine.retainer import Overage
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.forms import RetainerForm
from headway.interfaces.web.money.frame import Sheet, Total, entered, filled, show_part
from headway.interfaces.web.page import act, offered, page, say, today_in, warn, working_project
from headway.interfaces.web.submitting import pressed, started_from
from headway.interfaces.web.templatetags.formats import hours, money, weekday_date
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

_CLEARED = ("last", "cap", "life", "fee", "rate")
_SHOWN_PERIODS = 18


@page()
def retainers(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The retainers of a project, each with what is left now."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read", project)
    locale = locale_of(request)
    rows = queries.retainers(ctx, project=project.id)
    values = {
        "rows": [(row, figures(project, row, locale)) for row in rows],
        "answer": " ".join(f"{row.name}: {sentence(row, locale)}" for row in rows),
    }
    return show_part(request, ctx, project, "retainers", "money/retainers.html", values)


def sentence(row: RetainerRow, locale: Locale) -> str:
    """'9 of 40 h are left until Sat 31 Jan.'"""
    line = row.current
    if line is None:
        return "outside its time."
    if line.overage:
        return f"{hours(line.overage, locale)} beyond what it has, until {weekday_date(line.last, locale)}."
    left, available = hours(line.hours_left, locale), hours(line.available, locale)
    return f"{left} of {available} are left until {weekday_date(line.last, locale)}."


def figures(project: Charter, row: RetainerRow, locale: Locale) -> list[Total]:
    """Hours left, burned, carried, and what the rest is worth, each with its formula."""
    line = row.current
    if line is None or row.burned is None:
        return []
    entries = entries_of(project, row, line)
    name = f"retainer-{row.id}"
    parts = (
        Input("Allocation", str(hours(line.allocation, locale))),
        Input("Carried in", str(hours(line.carried_in, locale))),
        Input("Given back", str(hours(line.repaid, locale))),
        Input("Used", str(hours(line.used, locale)), entries),
    )
    left = Source(
        formula="allocation + carried in − given back − used (never below 0; beyond it is overage)",
        inputs=parts,
        records="time entries of the period" + (f", phase {row.phase}" if row.phase else ""),
        href=entries,
        short="What the period has, less what it used",
    )
    tone = "red" if line.overage else ""
    found = [
        Total(
            f"{name}-left",
            "Hours left",
            str(hours(line.hours_left, locale)),
            f"of {hours(line.available, locale)}",
            tone,
            left,
        ),
        _measured(f"{name}-burned", "Burned", row.burned, "%", entries),
        Total(f"{name}-carried", "Carried in", str(hours(line.carried_in, locale)), "from earlier periods", "", left),
    ]
    if row.money_left is not None and row.money_left.value is not None:
        worth = money(Money(row.money_left.value, row.currency), locale)
        found.append(
            Total(
                f"{name}-money",
                "Money left",
                str(worth),
                "at the retainer's own rate",
                "",
                _source(row.money_left, entries),
            )
        )
    return found


def _measured(name: str, label: str, measure: Measure, unit: str, href: str) -> Total:
    value = f"{shown(measure.value, measure.unit)} {unit}" if measure.value is not None else "–"
    return Total(name, label, value, measure.reason, "", _source(measure, href))


def _source(measure: Measure, href: str) -> Source:
    return Source(
        formula=f"{measure.name} = {measure.formula}",
        inputs=tuple(Input(one.name, shown(one.value, one.unit)) for one in measure.inputs),
        href=href,
        records="time entries of the period",
        short=measure.formula,
    )


def entries_of(project: Charter, row: RetainerRow, line: RetainerLine) -> str:
    """The time entries that a period counts."""
    wanted: dict[str, Any] = {"first": line.first.isoformat(), "last": line.last.isoformat()}
    if row.phase:
        wanted["phase"] = row.phase
    if row.billable_only:
        wanted["billable"] = "yes"
    return f"{reverse('entries', args=[project.key])}?{urlencode(wanted)}"


def _line_source(project: Charter, row: RetainerRow, line: RetainerLine, locale: Locale) -> Source:
    """Where the figures of a period's line come from."""

    def told(value: Decimal) -> str:
        return str(hours(value, locale))

    entries = "" if line.expected else entries_of(project, row, line)
    used = Input("Planned" if line.expected else "Used", told(line.used), entries)
    formulas = [
        "Used = from carry + from period + beyond",
        "Left = hours of the period − used from it",
        "Rolled = left, at most the cap; lapsed = left − rolled, and what was carried and not used in its life",
    ]
    if line.expected:
        formulas.insert(0, "The period lies ahead: an outlook by what is planned.")
    inputs = [Input("Hours of the period", told(line.allocation)), Input("Carried in", told(line.carried_in)), used]
    if line.repaid:
        inputs.append(Input("Given back", told(line.repaid)))
    if line.late:
        inputs.append(Input("of it late, of closed periods", told(line.late)))
    state = f"closed by {line.closed_by}" if line.closed else "ahead" if line.expected else "open"
    return of_row(
        formulas,
        inputs,
        as_of=line.closed_at or line.last,
        records=f"{row.rules} {state.capitalize()}.",
        href=entries,
    )


@page()
def retainer(request: HttpRequest, ctx: Context, key: str, retainer: int) -> HttpResponse:
    """The ledger of one retainer."""
    project = working_project(ctx, key)
    row = _retainer(ctx, project, retainer)
    locale = locale_of(request)
    today = today_in(ctx, project)
    every = request.GET.get("periods") == "all"
    lines = row.lines if every else row.lines[-_SHOWN_PERIODS:]
    closable = next((line for line in row.lines if not line.closed), None)
    values = {
        "row": row,
        "figures": figures(project, row, locale),
        "answer": sentence(row, locale),
        "lines": [
            (line, entries_of(project, row, line), f"period-{line.number}", _line_source(project, row, line, locale))
            for line in lines
        ],
        "hidden": len(row.lines) - len(lines),
        "today": today,
        "closable": closable.number if closable is not None and closable.last < today else 0,
        "treatments": [(Overage.BILL, "Bill them"), (Overage.WRITE_OFF, "Write them off"), (Overage.BORROW, "Borrow")],
        "removable": not any(line.closed for line in row.lines),
        "title": row.name,
    }
    return show_part(request, ctx, project, "retainers", "money/retainer.html", values, crumbs=_crumbs(key, row.name))


def _crumbs(key: str, name: str) -> tuple[Link, ...]:
    return (Link("Retainers", reverse("retainers", args=[key])), Link(name))


def _retainer(ctx: Context, project: Charter, retainer: int) -> RetainerRow:
    offered(ctx, "budgets.read", project)
    row = next((row for row in queries.retainers(ctx, project=project.id) if row.id == retainer), None)
    if row is None:
        raise NotFound("There is nothing here.")
    return row


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Agree on a retainer."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.edit_retainers", project)
    first = today_in(ctx, project).replace(day=1)
    form = RetainerForm(
        request.POST or None,
        initial={"first": first, "length": "month", "life": 1, "billable_only": True, "rolls": "life"},
    )
    return entered(
        request,
        ctx,
        project,
        form,
        commands.add_retainer,
        lambda given: {**form.agreed, "project": project.id},
        Sheet(
            title="New retainer",
            submit="Agree on it",
            done="The retainer stands; its ledger counts the hours from its first day.",
            back=reverse("retainers", args=[key]),
            intro="Hours for each period, and by which rule what is left or used beyond goes on.",
        ),
    )


@page("POST")
def edit(request: HttpRequest, ctx: Context, key: str, retainer: int) -> HttpResponse:
    """Change what was agreed, for the periods that are not closed."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.edit_retainers", project)
    row = _retainer(ctx, project, retainer)
    rolls = "ever" if row.life is None else "life" if row.life else "no"
    names = ("name", "allocation", "first", "last", "fee", "rate", "cap", "phase", "billable_only", "version")
    stored = {name: getattr(row, name) for name in names}
    stored |= {name: getattr(row, name).value for name in ("length", "overage", "order")}
    form = RetainerForm(request.POST or None, initial=stored | {"life": row.life or None, "rolls": rolls})
    for fixed in ("first", "length", "phase", "billable_only"):
        del form.fields[fixed]

    def change(given: dict[str, Any]) -> RetainerRow:
        version, agreed = given["version"], form.agreed
        emptied = tuple(name for name in _CLEARED if agreed[name] is None)
        saved: RetainerRow = commands.edit_retainer(
            started_from(ctx, version), retainer=row.id, clear=emptied, **agreed
        )
        return saved

    back = reverse("retainer", args=[key, retainer])
    intro = "Closed periods stay as they are. First day and length of the periods do not change any more."
    return filled(
        request, ctx, project, form, change, Sheet(f"Change {row.name}", "Save it", "It is saved.", back, intro)
    )


@act
def plan(request: HttpRequest, ctx: Context, key: str, retainer: int) -> HttpResponse:
    """Say how many hours future periods are expected to use."""
    project = working_project(ctx, key)
    row = _retainer(ctx, project, retainer)
    planned = {line.number: line.planned for line in row.lines if line.expected}
    done = 0
    for number, before in planned.items():
        given = request.POST.get(f"period-{number}", "").strip().replace(",", ".")
        if given == ("" if before is None else f"{before:f}"):
            continue
        try:
            commands.plan_period(ctx, retainer=row.id, period=number, hours=given or None)
        except (Invalid, Conflict) as refusal:
            warn(request, refusal.message)
        else:
            done += 1
    if done:
        say(request, f"{done} {'period is' if done == 1 else 'periods are'} planned.")
    return redirect(reverse("retainer", args=[key, retainer]))


@act
def overage(request: HttpRequest, ctx: Context, key: str, retainer: int, period: int) -> HttpResponse:
    """Say what becomes of a period's hours beyond."""
    row = _retainer(ctx, working_project(ctx, key), retainer)
    chosen = request.POST.get("overage", "")
    if chosen not in {one.value for one in Overage}:
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: commands.decide_overage(ctx, retainer=row.id, period=period, overage=Overage(chosen)),
        done="It is decided.",
        to=reverse("retainer", args=[key, retainer]),
    )


@act
def close(request: HttpRequest, ctx: Context, key: str, retainer: int, period: int) -> HttpResponse:
    """Close a period that is over."""
    row = _retainer(ctx, working_project(ctx, key), retainer)
    return pressed(
        request,
        lambda: commands.close_period(ctx, retainer=row.id, period=period),
        done="The period is closed; its line stays.",
        to=reverse("retainer", args=[key, retainer]),
    )


@act
def remove(request: HttpRequest, ctx: Context, key: str, retainer: int) -> HttpResponse:
    """Take a retainer away of which no period is closed."""
    row = _retainer(ctx, working_project(ctx, key), retainer)
    return pressed(
        request,
        lambda: commands.remove_retainer(ctx, retainer=row.id),
        done="The retainer is taken away.",
        to=reverse("retainers", args=[key]),
    )
