"""What the grid shows, as an Excel workbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from headway.areas.portfolio import queries
from headway.interfaces.web.page import page
from headway.interfaces.web.portfolio.asking import Asked, asked
from headway.journeys import portfolio
from headway.kernel.context import Context

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page()
def workbook(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The rows and columns that the address asks for; all pages of them."""
    given = asked(request, queries.views(ctx))
    inputs = {**given.filters, "sort": given.sort, "descending": given.descending, "group": given.group}
    content = portfolio.workbook(ctx, columns=given.columns, asked=in_words(ctx, given), inputs=inputs)
    response = HttpResponse(content, content_type=_MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="Portfolio {ctx.now.date().isoformat()}.xlsx"'
    return response


def in_words(ctx: Context, given: Asked) -> list[tuple[str, str]]:
    """The filters and the order as people read them."""
    choices = queries.choices(ctx)
    names = {
        "Client": {item.id: item.name for item in choices.clients}.get(given.client or 0, ""),
        "Manager": {item.id: item.name for item in choices.managers}.get(given.manager or 0, ""),
        "Programme": {item.id: item.name for item in choices.programmes}.get(given.programme or 0, ""),
        "Found by": given.search,
        "Stage": given.stage.value.capitalize() if given.stage else "",
        "Health": given.health.word if given.health else "",
        "Grouped by": given.group.value.capitalize(),
        "View": given.view.name if given.view else "",
    }
    order = given.sort.value.capitalize() + (", turned round" if given.descending else "")
    return [(name, value) for name, value in names.items() if value] + [("Ordered by", order)]
