"""The portfolio as a file: what stands on the screen, written in the limited child process."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from headway.areas.people.queries import house_rules
from headway.areas.portfolio import queries
from headway.areas.portfolio.types import Standing
from headway.documents import tree
from headway.documents.child import RENDER_LIMITS, ChildError, run
from headway.kernel.context import Context
from headway.kernel.errors import Unavailable
from headway.reports.portfolio_workbook import build

_DOCUMENT, _WORKBOOK = "document.json", "workbook.xlsx"
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
    with tempfile.TemporaryDirectory(prefix="headway-") as name:
        stored = Path(name) / _DOCUMENT
        stored.write_text(tree.to_json(document), encoding="utf-8")
        try:
            made = run("headway.documents.workbook_file:write", {}, inputs={_DOCUMENT: stored}, limits=RENDER_LIMITS)
        except ChildError as error:
            raise Unavailable(f"The workbook could not be made: {error}") from error
    return made.outputs[_WORKBOOK]


def _all(ctx: Context, inputs: Mapping[str, Any]) -> list[Standing]:
    found: list[Standing] = []
    cursor = ""
    while True:
        page = queries.standings(ctx, **inputs, cursor=cursor, limit=_PAGE)
        found.extend(page.items)
        cursor = page.next
        if not cursor:
            return found
