"""Reads an outline written as a table of text, so that a demo's plan can be read and changed at a glance.

One row a line, two blanks of indent a level: name | key | days | after | by | owner | grace. A line with a name alone
is a summary. Days: '5', '5>8' (agreed, and what it takes), 'ms' (a milestone). After: keys, as 'k1', 'k1 SS+2'.
By: first names, with a share as 'Nina 50%'. Owner: a first name; the first of `by` where it is empty. Grace: calendar
days from the agreed finish to the deadline.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from headway.engine.plan import LinkType
from headway.journeys.demo.planning import Before, Doer, Row

_AFTER = re.compile(r"(?P<key>\w+)(?: (?P<kind>FS|SS|FF|SF)(?P<lag>[+-]\d+)?)?$")
_COLUMNS = 7


def rows_of(text: str, names: Mapping[str, str], notes: Mapping[str, str] | None = None) -> tuple[Row, ...]:
    """The rows of an outline. names: first name to full name. notes: key to text. ValueError names the wrong line."""
    lines = [line for line in text.splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    numbers = {row[1]: number for number, row in enumerate(cells, 1) if len(row) > 1}
    return tuple(
        _row(line, row + [""] * (_COLUMNS - len(row)), numbers, names, notes or {})
        for line, row in zip(lines, cells, strict=True)
    )


def _row(
    line: str, cells: list[str], numbers: Mapping[str, int], names: Mapping[str, str], notes: Mapping[str, str]
) -> Row:
    name, key, days, after, by, owner, grace = cells
    level = (len(line) - len(line.lstrip())) // 2 + 1
    if not key:
        return Row(level, name)
    agreed, _, takes = ("0", "", "0") if days == "ms" else days.partition(">")
    doers = tuple(_doer(item, names) for item in by.split(",") if item.strip())
    return Row(
        level=level,
        name=name,
        planned=float(agreed),
        real=float(takes or agreed),
        after=tuple(_before(item.strip(), numbers, line) for item in after.split(",") if item.strip()),
        by=doers,
        owner=names[owner] if owner else doers[0].name,
        grace=int(grace) if grace else None,
        notes=notes.get(key, ""),
    )


def _doer(text: str, names: Mapping[str, str]) -> Doer:
    first, _, share = text.strip().partition(" ")
    return Doer(names[first], Decimal(share.rstrip("%")) / 100 if share else Decimal(1))


def _before(text: str, numbers: Mapping[str, int], line: str) -> Before:
    found = _AFTER.match(text)
    if found is None or found["key"] not in numbers:
        raise ValueError(f"'{text}' names no row, in: {line.strip()}")
    return Before(numbers[found["key"]], LinkType(found["kind"] or "FS"), int(found["lag"] or 0))
