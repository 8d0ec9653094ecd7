"""Hours burned as a file: the page's own table in Word or PDF, a workbook with every entry in Excel."""

from __future__ import annotations

from typing import Any

from headway.areas.files.types import Download
from headway.areas.hours.reporting import burned_entries, hours_burned
from headway.areas.people.queries import house_rules
from headway.journeys.tree_files import MEDIA_TYPES, written
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.reports import hours_burned as printed
from headway.reports.hours_burned import About

_OF_ENTRIES = ("first", "last", "project", "client", "person", "role", "phase", "billable")


def document(ctx: Context, *, form: str, asked: tuple[tuple[str, str], ...], language: str, **limits: Any) -> Download:
    """The report of `hours.burned` for these limits as a file; `form`: docx, pdf or xlsx.

    asked  the limits in words, for the reader. Raises Unavailable where the file could not be written.
    """
    if form not in MEDIA_TYPES:
        raise NotFound("There is no such file of this report.")
    found = hours_burned(ctx, **limits)
    named = {name: value for name, value in limits.items() if name in _OF_ENTRIES}
    entries = burned_entries(ctx, **named) if form == "xlsx" else ()
    about = About(house_rules(ctx).name, ctx.now.date(), ctx.now, ctx.actor.name, asked, language)
    content = written(printed.build(found, entries, about=about), form, what="The report")
    return Download(f"Hours {found.first} to {found.last}.{form}", MEDIA_TYPES[form], content)
