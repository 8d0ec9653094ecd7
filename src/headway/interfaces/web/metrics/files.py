"""A file of samples: brought, looked at, taken in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.metrics.types import KpiDetail
from headway.interfaces.transfers import kept_upload
from headway.interfaces.web.metrics.one import framed, home_of, recorded
from headway.interfaces.web.metrics.words import quality_text
from headway.interfaces.web.page import page, say
from headway.journeys import import_samples
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid

QUESTIONS = {
    "date_order": ("Which comes first in its dates?", (("dmy", "Day, then month"), ("mdy", "Month, then day"))),
    "decimal_sign": ("What parts its fractions?", (("point", "A point: 1.5"), ("comma", "A comma: 1,5"))),
}
_MOST_SHOWN = 50


@page("POST")
def bring(request: HttpRequest, ctx: Context, kpi: int) -> HttpResponse:
    """Bring a file of samples or cases."""
    found: KpiDetail = recorded(ctx, kpi)
    refused, status = "", 200
    if request.method == "POST":
        try:
            kept = kept_upload(ctx, request)
        except Invalid as refusal:
            refused, status = refusal.message, 422
        else:
            return redirect(reverse("kpi-file-look", args=[kpi, kept.token]))
    title = f"Bring a file for {found.row.name}"
    values = {"found": found, "title": title, "refused": refused, "back": reverse("kpi", args=[kpi])}
    project = home_of(ctx, found)
    return framed(request, ctx, "metrics/file.html", values, found, project, below="Bring a file", status=status)


@page("POST")
def look(request: HttpRequest, ctx: Context, kpi: int, token: str) -> HttpResponse:
    """What a file would do; a POST takes it in."""
    found: KpiDetail = recorded(ctx, kpi)
    given = request.POST if request.method == "POST" else request.GET
    answers = {name: given[name] for name in QUESTIONS if given.get(name)}
    refused, status, told = "", 200, None
    try:
        if request.method == "POST":
            done = import_samples.import_samples(ctx, kpi=kpi, file=token, answers=answers)
            say(request, f"{done.added} new, {done.corrected} corrected, {done.unchanged} as they were.")
            return redirect(reverse("kpi", args=[kpi]))
        told = import_samples.read(ctx, kpi=kpi, file=token, answers=answers)
    except (Invalid, Conflict) as refusal:
        refused, status = refusal.message, refusal.status
    values = {
        "found": found,
        "title": told.file if told is not None else "The file",
        "told": told,
        "refused": refused,
        "answers": answers,
        "questions": [(name, *QUESTIONS[name]) for name in told.questions] if told is not None else [],
        "errors": told.errors[:_MOST_SHOWN] if told is not None else (),
        "quality": [(one, quality_text(one)) for one in told.quality] if told is not None else [],
        "back": reverse("kpi", args=[kpi]),
        "again": reverse("kpi-file", args=[kpi]),
    }
    project = home_of(ctx, found)
    return framed(
        request, ctx, "metrics/file_look.html", values, found, project, below="Look at the file", status=status
    )
