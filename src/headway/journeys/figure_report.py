"""One shape for the reports of figures: from a query's answer to a file in Word, PDF, Excel or PowerPoint.

How a report is added: a query in its area gives the figures; a module of `reports` makes `Parts` of the answer; a
module of `journeys` names both in a `FigureReport`; a line in `figure_reports.REPORTS` offers it to all who list
reports (the month's pack, the report centre). Its page shows the Files menu with `interfaces.web.report_files`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from headway.areas.files.types import Download
from headway.areas.people.queries import own_name
from headway.documents.tree import Document
from headway.journeys.tree_files import DECK_TYPES, MEDIA_TYPES, written
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.reports.figure_report import About

FORMS = MEDIA_TYPES | DECK_TYPES

Limits = dict[str, Any]  # Any: inputs of the report's query, each report has its own
Month = Callable[[Context, int, date, date], Sequence[Limits]]


class Build(Protocol):
    """Asks the report's query, so that its door decides who may, and gives the name of the file and the document.

    workbook  whether the sheets of single records are wanted, which Excel alone shows. Other inputs: the query's.
    """

    def __call__(self, ctx: Context, about: About, *, workbook: bool, **limits: Any) -> tuple[str, Document]: ...


@dataclass(frozen=True, slots=True)
class FigureReport:
    """A report of figures as they stand when it is asked for.

    name        in addresses: 'hours-burned'.
    permission  what a reader needs on a project to be offered it; the query behind `build` asks again.
    build       the name of the file without its ending, and the document.
    of_month    limits of the report of one project and the days of one month: several where the project has several
                (a statement a retainer), none where it has nothing to tell. The caller may see the project.
    client      the report holds nothing that the project's client may not see.
    """

    name: str
    title: str
    permission: str
    build: Build
    of_month: Month
    client: bool = False

    def document(
        self, ctx: Context, *, form: str, asked: Sequence[tuple[str, str]] = (), language: str = "en-GB", **limits: Any
    ) -> Download:
        """The report as a file. form: docx, pdf, xlsx or pptx. asked: the limits in words, for the reader.

        Raises what the query raises, NotFound for another form, Unavailable where the file could not be written.
        """
        if form not in FORMS:
            raise NotFound("There is no such file of this report.")
        name, made = self.build(ctx, about(ctx, asked, language), workbook=form == "xlsx", **limits)
        return Download(f"{name}.{form}", FORMS[form], written(made, form, what="The report"))

    def offered(self, ctx: Context, project: int) -> bool:
        """Whether this reader may have it of a project."""
        return may(ctx, self.permission, project_id=project)


def about(ctx: Context, asked: Sequence[tuple[str, str]], language: str) -> About:
    """The house, today, and who asks."""
    return About(own_name(), ctx.now.date(), ctx.now, ctx.actor.name, tuple(asked), language)
