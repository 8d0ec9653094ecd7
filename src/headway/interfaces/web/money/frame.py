"""What the pages about a project's money share: the links between them, one form by itself, how totals are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets.money_types import ShownTotal
from headway.areas.files.file_types import MOST_BYTES
from headway.areas.projects.types import Charter
from headway.engine.units import Money
from headway.interfaces.transfers import kept_uploads
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.once import ONCE, Made, SavedAlready, carry_key, make_once, renew_key
from headway.interfaces.web.page import say, show
from headway.interfaces.web.submitting import attempt, start_noted
from headway.interfaces.web.templatetags.formats import money, money_short, number
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.registry import UseCase

TAB = "budget"
# Label, address, and the permission that opens it.
_PARTS = (
    ("Budgets", "budget", "budgets.read"),
    ("Retainers", "retainers", "budgets.read"),
    ("Expenses", "expenses", "budgets.read_expenses"),
    ("Orders", "orders", "budgets.read_costs"),
    ("Invoices", "invoices", "budgets.read_invoices"),
    ("Cost and margin", "costs", "budgets.read_costs"),
)


def parts(ctx: Context, project: Charter, here: str) -> tuple[Link, ...]:
    """The pages about money that this person may open."""
    return tuple(
        Link(label, reverse(address, args=[project.key]), active=address == here)
        for label, address, permission in _PARTS
        if may(ctx, permission, project_id=project.id)
    )


def show_part(
    request: HttpRequest,
    ctx: Context,
    project: Charter,
    here: str,
    template: str,
    values: dict[str, Any],
    *,
    status: int = 200,
    crumbs: tuple[Link, ...] = (),
) -> HttpResponse:
    """Render one of these pages."""
    values = {"parts": parts(ctx, project, here), **values}
    return show(request, ctx, template, values, project=project, tab=TAB, crumbs=crumbs, status=status)


def opened_id(request: HttpRequest) -> int | None:
    """The record that `?open=` names."""
    wanted = request.GET.get("open", "")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 15 else None


def without_open(request: HttpRequest) -> str:
    """This very list with nothing beside it."""
    kept = request.GET.copy()
    kept.pop("open", None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form's own page says.

    files  whether it brings one, in its field 'file'.
    opens  whether the page it goes back to shows a record by `?open=`.
    """

    title: str
    submit: str
    done: str
    back: str
    intro: str = ""
    files: bool = False
    opens: bool = False


def filled(
    request: HttpRequest, ctx: Context, project: Charter, form: Form, do: Callable[[dict[str, Any]], Any], sheet: Sheet
) -> HttpResponse:
    """The page of one form; once it is carried out, back to where it was asked for."""
    status = 200
    start_noted(form)
    if request.method == "POST":
        tried = attempt(form, do)
        if tried.done:
            say(request, sheet.done)
            return redirect(sheet.back)
        status = tried.status
    return _sheet_page(request, ctx, project, form, sheet, status)


def entered(
    request: HttpRequest,
    ctx: Context,
    project: Charter,
    form: Form,
    case: UseCase[Any],
    inputs: Callable[[dict[str, Any]], dict[str, Any]],
    sheet: Sheet,
) -> HttpResponse:
    """The page of a form that makes a record, once: sent again after going back, it says so and shows what is there.

    inputs  of the use case, from what was filled in; `file` is the id of the file that was brought, if any.
    """
    status = 200
    carry_key(form)
    start_noted(form)
    if request.method == "POST":

        def make(given: dict[str, Any]) -> Made[dict[str, Any]]:
            key = given.pop(ONCE)
            if sheet.files:
                given["file"] = brought_file(request, ctx, once=key)
            return make_once(ctx, key, case, lambda acting: case.call_json(acting, inputs(given)))

        tried = attempt(form, make)
        if tried.done:
            made: Made[dict[str, Any]] = tried.result
            if not made.again:
                say(request, sheet.done)
                return redirect(sheet.back)
            name = made.result.get("ref") or made.result.get("number") or made.result["name"]
            say(request, f"{name} was saved already; nothing was entered a second time.")
            return redirect(f"{sheet.back}?open={made.result['id']}" if sheet.opens else sheet.back)
        if isinstance(tried.refusal, SavedAlready):
            renew_key(form)
        status = tried.status
    return _sheet_page(request, ctx, project, form, sheet, status)


def brought_file(request: HttpRequest, ctx: Context, *, once: str = "") -> int | None:
    """The id of the file that a form brings in its field 'file', kept; once as in `kept_uploads`."""
    kept = kept_uploads(ctx, request, "file", most=1, limit=MOST_BYTES, once=once)
    return kept[0].id if kept else None


def _sheet_page(
    request: HttpRequest, ctx: Context, project: Charter, form: Form, sheet: Sheet, status: int
) -> HttpResponse:
    values = {
        "form": form,
        "title": sheet.title,
        "intro": sheet.intro,
        "submit": sheet.submit,
        "back": sheet.back,
        "files": sheet.files,
    }
    crumbs = (Link(sheet.title),)
    return show(request, ctx, "projects/form.html", values, project=project, tab=TAB, crumbs=crumbs, status=status)


@dataclass(frozen=True, slots=True)
class Total:
    """A total as <c-figure> takes it."""

    name: str
    label: str
    value: str
    note: str = ""
    tone: str = ""
    source: Source | None = None


def total(
    name: str,
    label: str,
    told: ShownTotal,
    locale: Locale,
    *,
    as_of: date,
    what: str,
    href: str,
    note: str = "",
    tone: str = "",
) -> Total:
    """One shown total with the sums by currency, the rates and what is left out.

    what  how the sums came about, as a formula.
    """
    shown = told.shown
    value = "–"
    if shown is not None and shown.total is not None:
        value = money_short(Money(shown.total, shown.currency), locale)
    inputs = tuple(Input(currency, money(Money(amount, currency), locale)) for currency, amount in told.sums)
    source = Source(
        formula=f"{what}. Amounts of different currencies are never added"
        + (f"; shown as one total by the house's rates: {told.text}." if told.text else "."),
        inputs=inputs,
        as_of=as_of,
        records=what,
        href=href,
        short=told.text or what,
    )
    if not told.sums:
        value = "0"
    if shown is not None and shown.left_out:
        left = ", ".join(f"{currency} {number(amount, locale)}" for currency, amount in shown.left_out)
        note = f"without {left}: no rate" if not note else f"{note}; without {left}: no rate"
    elif shown is not None and shown.used:
        note = f"{note}; {told.text}" if note else told.text
    return Total(name, label, value, note, tone, source)
