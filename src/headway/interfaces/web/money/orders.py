"""Orders of a project: what was committed, what came of it, what is still to come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import commitments as commands
from headway.areas.budgets import costs as queries
from headway.areas.budgets.money_types import CommitmentRow
from headway.areas.projects.types import Charter
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.forms import KINDS_OF_COST, OrderForm, ReceiveForm
from headway.interfaces.web.money.frame import Sheet, entered, opened_id, show_part, total, without_open
from headway.interfaces.web.page import act, offered, page, say, today_in, working_project
from headway.interfaces.web.submitting import attempt, pressed, start_noted, started_from
from headway.interfaces.web.templatetags.formats import money
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound


@page("POST")
def orders(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The orders, those still open first, with the one that `?open=` names beside them; a POST changes it."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read_costs", project)
    found = queries.commitments(ctx, project=project.id)
    wanted = opened_id(request)
    opened = next((row for row in found.items if row.id == wanted), None)
    if (wanted is not None and opened is None) or (request.method == "POST" and opened is None):
        raise NotFound("There is nothing here.")
    values: dict[str, Any] = {}
    status = 200
    if opened is not None:
        which = request.POST.get("form", "") if request.method == "POST" else ""
        edits = may(ctx, "budgets.edit_commitments", project_id=project.id) and opened.closed_on is None
        form = _form(request.POST if which == "change" else None, opened)
        receive = ReceiveForm(
            request.POST if which == "receive" else None,
            initial={"amount": opened.open, "day": today_in(ctx, project)},
            prefix="receive",
        )
        if request.method == "POST":
            offered(ctx, "budgets.edit_commitments", project)
            if which == "receive":
                done = attempt(receive, lambda given: _received(ctx, opened, given))
            else:
                done = attempt(form, lambda given: _changed(ctx, opened, given), stored=_stored(opened))
            if done.done:
                say(request, "What came is an expense now." if which == "receive" else f"{opened.ref} is saved.")
                return redirect(request.get_full_path())
            status = done.status
            values["both"] = done.both
        values |= {"row": opened, "form": form, "receive": receive, "edits": edits, "here": opened.id}
    values |= {
        "lines": [(row, _source(project, row, today_in(ctx, project), locale_of(request))) for row in found.items],
        "answer": _sentence(found.items),
        "total": total(
            "orders",
            "Still to come",
            found.open,
            locale_of(request),
            as_of=today_in(ctx, project),
            what="Ordered less what came, of orders that are not closed, by currency",
            href=request.path,
        ),
        "close_url": without_open(request),
    }
    return show_part(request, ctx, project, "orders", "money/orders.html", values, status=status)


def _source(project: Charter, row: CommitmentRow, today: date, locale: Locale) -> Source:
    """Where the figures of an order come from: what was entered, and the expenses that came of it."""
    expenses = f"{reverse('expenses', args=[project.key])}?{urlencode({'kind': row.kind})}"

    def told(name: str, amount: Decimal, href: str = "") -> Input:
        return Input(name, str(money(Money(amount, row.currency), locale)), href)

    return of_row(
        (
            "Ordered = as entered with the order",
            "Came = its expenses that are not refused",
            "Still to come = ordered − came, nothing once it is closed",
        ),
        (told("Ordered", row.amount), told("Came", row.received, expenses), told("Still to come", row.open)),
        as_of=today,
        records=f"{row.ref}, {row.supplier}",
        href=f"{reverse('orders', args=[project.key])}?open={row.id}",
    )


def _sentence(rows: tuple[CommitmentRow, ...]) -> str:
    open_ = [row for row in rows if row.open]
    late = sum(1 for row in open_ if row.late)
    if not rows:
        return ""
    if not open_:
        return "Everything that was ordered has come or is closed."
    said = f"{len(open_)} {'order is' if len(open_) == 1 else 'orders are'} still open"
    return f"{said}, {late} past the expected day." if late else f"{said}."


def _stored(row: CommitmentRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("supplier", "title", "kind", "amount", "expected", "version")}


def _form(posted: Any, row: CommitmentRow) -> OrderForm:
    form = OrderForm(posted, initial=_stored(row))
    del form.fields["currency"]
    start_noted(form)
    return form


def _changed(ctx: Context, row: CommitmentRow, given: dict[str, Any]) -> CommitmentRow:
    ctx = started_from(ctx, given.pop("version"))
    emptied = ("expected",) if given["expected"] is None else ()
    saved: CommitmentRow = commands.edit_commitment(ctx, commitment=row.id, clear=emptied, **given)
    return saved


def _received(ctx: Context, row: CommitmentRow, given: dict[str, Any]) -> CommitmentRow:
    saved: CommitmentRow = commands.receive_commitment(
        ctx, commitment=row.id, **{**given, "markup": given["markup"] or 0}
    )
    return saved


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Enter an order."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.edit_commitments", project)
    form = OrderForm(request.POST or None, initial={"currency": project.currency})
    form.fields["kind"].help_text = f"Such as {', '.join(KINDS_OF_COST)}; costs are added up by it."
    del form.fields["version"]
    return entered(
        request,
        ctx,
        project,
        form,
        commands.add_commitment,
        lambda given: {**given, "project": project.id},
        Sheet(
            title="New order",
            submit="Enter the order",
            done="The order is entered; it is committed, and no cost before it comes.",
            back=reverse("orders", args=[key]),
            intro="What was ordered from a supplier. What comes of it becomes an expense, and is no longer to come.",
            opens=True,
        ),
    )


@act
def close(request: HttpRequest, ctx: Context, key: str, order: int) -> HttpResponse:
    """Close an order, or open it again."""
    row = _order(ctx, working_project(ctx, key), order)
    again = row.closed_on is not None
    do = commands.reopen_commitment if again else commands.close_commitment
    return pressed(
        request,
        lambda: do(ctx, commitment=row.id),
        done=f"{row.ref} is open again." if again else f"{row.ref} is closed; nothing more is to come.",
        to=f"{reverse('orders', args=[key])}?open={order}",
    )


@act
def remove(request: HttpRequest, ctx: Context, key: str, order: int) -> HttpResponse:
    """Take an order away of which nothing came."""
    row = _order(ctx, working_project(ctx, key), order)
    return pressed(
        request,
        lambda: commands.remove_commitment(ctx, commitment=row.id),
        done=f"{row.ref} is taken away.",
        to=reverse("orders", args=[key]),
    )


def _order(ctx: Context, project: Charter, order: int) -> CommitmentRow:
    offered(ctx, "budgets.read_costs", project)
    row: CommitmentRow = queries.commitment(ctx, commitment=order)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return row
