"""The heat map of people as a file: what stands on the screen, written in the limited child process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headway.areas.capacity import queries
from headway.areas.capacity.types import HeatRow
from headway.areas.people.queries import house_rules
from headway.journeys.workbooks import written
from headway.kernel.context import Context
from headway.reports.capacity_workbook import People, build

_PAGE = 200


def workbook(ctx: Context, *, asked: Sequence[tuple[str, str]], inputs: Mapping[str, Any]) -> bytes:
    """The people that `inputs` asks of `capacity.heat_map`, all pages of them, as an Excel workbook.

    asked  the same in words, for the sheet of sources.
    Raises Unavailable when the file could not be written.
    """
    rows: list[HeatRow] = []
    cursor = ""
    while True:
        page = queries.heat_map(ctx, **inputs, cursor=cursor, limit=_PAGE)
        rows.extend(page.rows)
        cursor = page.next
        if not cursor:
            break
    people = People(page, tuple(rows))
    return written(build(people, asked=asked, at=ctx.now, by=ctx.actor.name, organisation=house_rules(ctx).name))
