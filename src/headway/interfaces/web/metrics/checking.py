"""The page that checks a table: a file, what it is held against, rules a line each; nothing of it is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.engine.kpi.population import Share
from headway.interfaces.transfers import kept_uploads
from headway.interfaces.web.frame import Link
from headway.interfaces.web.metrics.files import QUESTIONS
from headway.interfaces.web.metrics.rules_typed import rules_in
from headway.interfaces.web.metrics.words import quality_text
from headway.interfaces.web.page import page, show
from headway.journeys.check_table import MOST_BYTES, TableChecked, check_table, words
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound

_INTRO = "Rules over every row of a table: what is missing, wrong, doubled, or not known in another table."


@page("POST")
def check(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Check a table by rules over every row."""
    if not may(ctx, "metrics.read"):
        raise Denied("Your role does not allow this (see KPIs).")
    kept = {name: request.POST.get(f"kept_{name}", "") for name in ("file", "known")}
    answers = {name: request.POST[name] for name in QUESTIONS if request.POST.get(name)}
    typed, refused, told = request.POST.get("rules", ""), "", None
    if request.method == "POST":
        try:
            for name in kept:
                for brought in kept_uploads(ctx, request, name, most=1, limit=MOST_BYTES):
                    kept[name] = brought.token
            if not kept["file"]:
                raise Invalid("Choose the table to check.")
            rules, share = rules_in(typed)
            told = check_table(
                ctx, file=kept["file"], rules=rules, known=kept["known"] or None, share=share, answers=answers
            )
        except (Invalid, NotFound) as refusal:
            refused = refusal.message
    values: dict[str, Any] = {
        "told": told,
        "answer": _answer(told) if told is not None else _INTRO,
        "refused": refused,
        "typed": typed,
        "kept": kept,
        "answers": answers,
        "questions": [(name, *QUESTIONS[name]) for name in told.questions] if told is not None else [],
        "results": [(one, words(one.rule), quality_text(one.quality)) for one in told.results] if told else [],
        "columns": [(one.field, quality_text(one)) for one in told.columns] if told is not None else [],
        "shares": _shares(told),
    }
    crumbs = (Link("KPIs", reverse("kpis")), Link("Check a table"))
    return show(request, ctx, "metrics/check.html", values, crumbs=crumbs, status=422 if refused else 200)


def _answer(told: TableChecked) -> str:
    """'8,800 rows; 1 of 3 rules is not met; the rows come to the file's own total.'"""
    if told.questions:
        return "One thing must be answered first."
    said = f"{told.rows:,} rows"
    if told.results:
        unmet = sum(1 for one in told.results if one.found)
        many = f"{len(told.results)} rule{'' if len(told.results) == 1 else 's'}"
        said += f"; {unmet} of {many} {'is' if unmet == 1 else 'are'} not met" if unmet else f"; {many} met"
    if not told.usable:
        return f"{said}. The rows do not come to the file's own total: do not take it in."
    return f"{said}."


def _shares(told: TableChecked | None) -> list[tuple[Share, str, str]]:
    if told is None or told.shares is None:
        return []
    return [(one, f"{one.interval.share * 100:.2f} %", _span(one)) for one in told.shares.groups]


def _span(one: Share) -> str:
    found = one.interval
    return f"{found.low * 100:.2f} % to {found.high * 100:.2f} %"
