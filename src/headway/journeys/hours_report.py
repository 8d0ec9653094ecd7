"""Hours burned as a file: the page's own table in Word, PDF or PowerPoint, a workbook with every entry in Excel."""

from __future__ import annotations

from datetime import date
from typing import Any

from headway.areas.hours.reporting import burned_entries, hours_burned
from headway.documents.tree import Document
from headway.journeys.figure_report import FigureReport, Limits
from headway.kernel.context import Context
from headway.reports import hours_burned as printed
from headway.reports.figure_report import About

_OF_ENTRIES = ("first", "last", "project", "client", "person", "role", "phase", "billable")


def _build(ctx: Context, about: About, *, workbook: bool, **limits: Any) -> tuple[str, Document]:
    found = hours_burned(ctx, **limits)
    named = {name: value for name, value in limits.items() if name in _OF_ENTRIES}
    entries = burned_entries(ctx, **named) if workbook else ()
    return f"Hours {found.first} to {found.last}", printed.build(found, entries, about=about)


def _of_month(_ctx: Context, project: int, first: date, last: date) -> list[Limits]:
    return [{"project": project, "first": first, "last": last}]


HOURS_BURNED = FigureReport("hours-burned", "Hours burned", "hours.read_team", _build, _of_month)
