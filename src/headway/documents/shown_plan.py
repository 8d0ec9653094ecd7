"""A plan as a person sees it on the screen: its columns, its rows in their order, its bars, what is switched on.

Frozen and free of any file format; `plan_sheets` draws it. Moments are tenths of a minute since 1 January 1970, local,
as everywhere in a plan's chart. Not here: which rows and words there are (the page that shows them knows).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

DAY = 14_400
PLAN = "plan.json"  # what the drawing process reads
PRINT = "print"  # the pages of the PDF as SVG, for the browser to print
_BEGINNING = datetime(1970, 1, 1)

Stretch = tuple[int, int]  # from, to


def at(moment: int) -> datetime:
    """A moment as a local date and time."""
    return _BEGINNING + timedelta(minutes=moment / 10)


def moment_of(day: datetime) -> int:
    """The moment of a local date and time."""
    return round((day - _BEGINNING).total_seconds() / 6)


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """One column of the table; `width` in pixels of the screen."""

    title: str
    width: float
    right: bool = False
    tree: bool = False  # indented by the outline


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row: its words by column and its bar.

    kind      'task', 'summary' or 'milestone'; '' for a row without a bar, such as a group's heading.
    slack     to where the bar could move without moving the finish; None = not shown.
    words     beside the bar.
    calendar  which of the plan's calendars shades the row.
    tint, bar  colours by rules, of the row and of its bar, by the names of `drawing.TINTS`; '' = as usual.
    looks     any of critical, driving, done, inactive, manual, over (children reach beyond it), group.
    """

    cells: tuple[str, ...]
    kind: str = ""
    level: int = 1
    start: int | None = None
    finish: int | None = None
    percent: float = 0
    baseline: Stretch | None = None
    slack: int | None = None
    deadline: int | None = None
    parts: tuple[Stretch, ...] = ()
    words: str = ""
    calendar: str = ""
    tint: str = ""
    bar: str = ""
    looks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A dependency between two rows by their places; `look`: plain, critical or driving."""

    before: int
    after: int
    kind: str
    look: str = "plain"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """An upright line over all rows, such as today or the status date."""

    moment: int
    words: str
    role: str


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """Everything that the drawing needs.

    title       what it is: the project and its plan.
    remarks     what stands at the foot of every page: whose shown of when, status date, filter.
    first, last the span of time that is drawn; `per_day`: pixels a day on the screen.
    paged       the span runs over as many pages as it needs at the screen's zoom; else it fits one page's width.
    chart_width pixels of the screen that the bars had.
    resting     by calendar: stretches without work inside the span.
    """

    title: str
    remarks: tuple[str, ...]
    columns: tuple[ShownColumn, ...]
    rows: tuple[ShownRow, ...]
    links: tuple[ShownLink, ...]
    lines: tuple[ShownLine, ...]
    first: int
    last: int
    per_day: float
    paged: bool
    chart_width: float
    resting: dict[str, tuple[Stretch, ...]]
    month_first: bool = False

    def to_json(self) -> str:
        """All of it as text, for the process that draws."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> ShownPlan:
        """What `to_json` gave."""
        given = json.loads(text)
        given["remarks"] = tuple(given["remarks"])
        given["columns"] = tuple(ShownColumn(**column) for column in given["columns"])
        given["rows"] = tuple(_row(row) for row in given["rows"])
        given["links"] = tuple(ShownLink(**link) for link in given["links"])
        given["lines"] = tuple(ShownLine(**line) for line in given["lines"])
        given["resting"] = {name: _stretches(stretches) for name, stretches in given["resting"].items()}
        return cls(**given)


def _row(given: dict[str, Any]) -> ShownRow:
    baseline = given["baseline"]
    return ShownRow(
        **given
        | {
            "cells": tuple(given["cells"]),
            "baseline": (baseline[0], baseline[1]) if baseline else None,
            "parts": _stretches(given["parts"]),
            "looks": tuple(given["looks"]),
        }
    )


def _stretches(given: list[list[int]]) -> tuple[Stretch, ...]:
    return tuple((first, last) for first, last in given)
