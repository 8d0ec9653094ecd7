"""The portfolio as a file: what stands on the screen, written in the limited child process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headway.areas.people.queries import house_rules
from headway.areas.portfolio import queries
from headway.areas.portfolio.types import Standing
from headway.journeys.workbooks import written
from headway.kernel.context import Context
from headway.reports.portfolio_workbook import build

_PAGE = 200


def workbook(
    ctx: Context, *, columns: Sequence[str], asked: Sequence[tuple[str, str]], inputs: Mapping[str, Any]
) -> bytes:
    """The standings that `inputs` asks of `portfolio.standings`, all pages of them, as an Excel workbook.

    asked  the same in words, for the sheet of sources.
    Raises Unavailable when the file could not be written.
    """
    document = build(
        _all(ctx, inputs),
        columns=columns,
        asked=asked,
        at=ctx.now,
        by=ctx.actor.name,
        organisation=house_rules(ctx).name,
    )
    return written(document)


def _all(ctx: Context, inputs: Mapping[str, Any]) -> list[Standing]:
    found: list[Standing] = []
    cursor = ""
    while True:
        page = queries.standings(ctx, **inputs, cursor=cursor, limit=_PAGE)
        found.extend(page.items)
        cursor = page.next
        if not cursor:
            return found
