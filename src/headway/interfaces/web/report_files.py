"""The files of a report of figures: what its Files menu offers, and the answer to a press.

A page gives `file_links(…)` to `<c-files :files="files" id="…" />`; its address for files answers with `sent`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.page import warn
from headway.journeys.figure_report import FigureReport
from headway.kernel.context import Context
from headway.kernel.errors import Invalid, Unavailable

_FORMS = (
    ("xlsx", "file-spreadsheet", "Excel, live formulas"),
    ("docx", "file-text", "Word"),
    ("pptx", "presentation", "PowerPoint"),
    ("pdf", "file-text", "PDF"),
)


@dataclass(frozen=True, slots=True)
class FileLink:
    """One line of the menu."""

    href: str
    icon: str
    text: str


def file_links(address: str, *args: Any, query: str = "") -> tuple[FileLink, ...]:
    """The four files. address: the name of an address whose last part is the form. query: the page's own limits."""
    behind = f"?{query}" if query else ""
    return tuple(FileLink(reverse(address, args=[*args, form]) + behind, icon, text) for form, icon, text in _FORMS)


def sent(
    request: HttpRequest,
    ctx: Context,
    report: FigureReport,
    *,
    form: str,
    back: str,
    asked: Sequence[tuple[str, str]] = (),
    **limits: Any,
) -> HttpResponse:
    """The report as a file to save; back to the page with the reason where it could not be made."""
    try:
        made = report.document(ctx, form=form, asked=asked, language=locale_of(request).language, **limits)
    except (Unavailable, Invalid) as refusal:
        warn(request, refusal.message)
        return redirect(back)
    return attachment(made)
