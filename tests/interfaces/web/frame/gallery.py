"""Pages that show every component with made-up values, for the eye and for axe. Not shipped."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from headway.engine.units import Money
from headway.interfaces.web import errors
from headway.interfaces.web.frame import (
    Fact,
    Frame,
    Input,
    Link,
    NavEntry,
    NavGroup,
    PersonInFrame,
    Source,
    Step,
    navigation,
)
from headway.interfaces.web.locale import BRITISH
from headway.kernel.errors import Conflict, Denied, Unavailable

TEMPLATES = Path(__file__).parent / "templates"
AS_OF = date(2026, 3, 13)
LONG = "Replacement of the regional sales operations platform, including data migration and partner onboarding"
HOSTILE = '<script>alert("x")</script>'
RTL = "مشروع البوابة"


class PlanForm(forms.Form):
    """One field of each kind, one of them wrong."""

    key = forms.CharField(label="Project key", help_text="Short, such as WEB or CRM.")
    kind = forms.ChoiceField(label="Kind", choices=[("site", "Site build"), ("migration", "Migration")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    keep = forms.BooleanField(label="Keep tasks that the file no longer names", required=False)


def _figures() -> list[dict[str, Any]]:
    cpi = Source(
        formula="CPI = earned value ÷ actual cost = 182,400 ÷ 198,300",
        inputs=(Input("Earned value", "EUR 182,400"), Input("Actual cost", "EUR 198,300", "#hours")),
        as_of=AS_OF,
        records="48 tasks, 214 hour entries, baseline 2",
        href="#records",
        short="Earned value ÷ actual cost",
    )
    return [
        {
            "name": "finish",
            "label": "Forecast finish",
            "value": "Fri 14 Mar",
            "note": "6 working days late",
            "tone": "red",
        },
        {"name": "cpi", "label": "Cost index", "value": "0.92", "note": "Below 0.95", "tone": "amber", "source": cpi},
        {
            "name": "spi",
            "label": "Schedule index",
            "value": "0.97",
            "note": "Within tolerance",
            "tone": "green",
            "source": cpi,
        },
        {
            "name": "eac",
            "label": "Estimate at completion",
            "value": "EUR 412,800",
            "note": "Budget EUR 400,000",
            "source": cpi,
        },
        {"name": "hours", "label": "Hours burned", "value": "1,284.5 h", "note": "62 % of budget"},
    ]


def _milestones(many: int) -> list[dict[str, Any]]:
    rows = [
        ("Client approval", "amber", date(2026, 3, 10), date(2026, 3, 20), 3, "Mona Manager", "Next"),
        (LONG, "green", date(2026, 3, 27), date(2026, 3, 27), 0, "Asha Associate", ""),
        ("UAT sign-off", "red", date(2026, 4, 3), date(2026, 4, 13), 6, RTL, "CR-3"),
        (HOSTILE, "grey", date(2026, 4, 17), None, None, "Tess Tester", ""),
    ]
    keys = ("name", "state", "planned", "forecast", "slip", "owner", "flag")
    return [
        dict(zip(keys, rows[index % len(rows)], strict=True), cost=Money(Decimal("12480.5") * index, "EUR"))
        for index in range(many)
    ]


def _nav(request: HttpRequest) -> tuple[NavGroup, ...]:
    return navigation(
        [
            NavGroup(
                (
                    NavEntry("Projects", "/gallery/", "folder", "g p"),
                    NavEntry("Approvals", "/approvals/", "circle-check", "g a", 2),
                )
            ),
            NavGroup(
                (NavEntry("People", "/people/", "users"), NavEntry("Imports", "/imports/", "upload")), "Organisation"
            ),
        ],
        path=request.path,
    )


def workspace(request: HttpRequest) -> HttpResponse:
    """Every component on one page; ?pane=1 opens the side pane, ?rows=50 draws more rows."""
    person = PersonInFrame(
        "Asha Associate", "asha@example.org", (Link("Sign-in and security", "#", "shield-check"),), "/accounts/logout/"
    )
    rows = int(request.GET.get("rows", "4"))
    context = {
        "frame": Frame("Northwind Agency", person, BRITISH, "/gallery/", "/gallery/"),
        "nav": _nav(request),
        "crumbs": [Link("Projects", "/gallery/"), Link("Acme", "#"), Link("Customer portal")],
        "project": {
            "name": "Customer portal relaunch",
            "key": "PORTAL",
            "manager": "Mona Manager",
            "answer": "Finish Fri 20 Mar, 6 working days late; two tasks drive it: Client approval and UAT sign-off.",
        },
        "as_of": AS_OF,
        "instant": datetime(2026, 3, 12, 14, 5, tzinfo=UTC),
        "tabs": [
            Link("Overview", "/gallery/", active=True),
            Link("Plan", "#"),
            Link("Hours and cost", "#"),
            Link("Risks", "#", count=4),
            Link("Documents", "#"),
            Link("People", "#"),
        ],
        "figures": _figures(),
        "milestones": _milestones(rows),
        "total_slip": 9,
        "total_cost": Money(Decimal("74883"), "EUR"),
        "shown": rows,
        "total": 12480,
        "facts": [
            Fact("Objective", "Half the calls to the service desk"),
            Fact("Client", "Acme"),
            Fact("Stage", "Build"),
        ],
        "steps": [Step("Choose the file", "done"), Step("Check what changes", "here"), Step("Done", "ahead")],
        "form": PlanForm({"key": "", "kind": "site"}),
        "pane": request.GET.get("pane"),
    }
    answer = render(request, "gallery/workspace.html", context)
    # Its form is a sample: it must not take the focus as one that was just refused does.
    answer.content = answer.content.replace(b" autofocus", b"")
    return answer


def echo(request: HttpRequest) -> HttpResponse:
    """What a form of the page sends, answered in place; empty input is refused with 422."""
    text = request.POST.get("text", "")
    return render(request, "gallery/echo.html", {"text": text}, status=200 if text else 422)


def broken(request: HttpRequest, kind: str) -> HttpResponse:
    """Fails as asked."""
    if kind == "boom":
        raise RuntimeError("secret detail 4711")
    raise {
        "denied": Denied("hidden thing 4711"),
        "busy": Unavailable("The database is busy."),
        "moved": Conflict("Baseline 3 exists already."),
    }[kind]


urlpatterns = [
    path("gallery/", workspace),
    path("gallery/echo/", echo),
    path("gallery/broken/<str:kind>/", broken),
    path("", include("headway.interfaces.web.urls")),
]
handler400, handler403, handler404, handler500 = errors.bad_request, errors.denied, errors.not_found, errors.failed
handler429 = "headway.interfaces.web.errors.too_many"
