"""Rules over a table as people type them, one a line: 'product in GTX Pro, GTK 500', 'won not before contact'."""

from __future__ import annotations

import re

from headway.engine.kpi.population import Wanted
from headway.journeys.check_table import TableRule, TableShare
from headway.kernel.errors import FieldError, Invalid

_WHERE = re.compile(r"(?P<rule>.+?)\s+where\s+(?P<column>.+?)\s*=\s*(?P<values>.+)", re.IGNORECASE)
_SHARE = re.compile(
    r"share\s+of\s+(?P<outcome>.+?)\s*=\s*(?P<hits>.+?)(?:\s+against\s+(?P<misses>.+?))?(?:\s+by\s+(?P<by>[^,=]+))?",
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?P<column>.+?)\s+in\s+(?P<known>.+?)\s+of\s+the\s+other(?:\s+table)?", re.IGNORECASE)
_AMONG = re.compile(r"(?P<column>.+?)\s+in\s+(?P<values>.+)", re.IGNORECASE)
_BEFORE = re.compile(r"(?P<column>.+?)\s+not\s+before\s+(?P<other>.+)", re.IGNORECASE)
_PLAIN = re.compile(r"(?P<column>.+?)\s+(?P<wanted>filled|number|day|single)", re.IGNORECASE)


def rules_in(text: str) -> tuple[tuple[TableRule, ...], TableShare | None]:
    """The rules and the share that lines name; Invalid names the first line that says neither."""
    rules, share = [], None
    for number, line in enumerate(text.splitlines(), 1):
        said = line.strip()
        if not said:
            continue
        found = _SHARE.fullmatch(said)
        if found is not None:
            misses = _list(found["misses"] or "")
            share = TableShare(found["outcome"], _list(found["hits"]), misses, (found["by"] or "").strip())
            continue
        rules.append(_rule(said, number))
    return tuple(rules), share


def _rule(said: str, number: int) -> TableRule:
    where = ""
    among: tuple[str, ...] = ()
    narrowed = _WHERE.fullmatch(said)
    if narrowed is not None:
        said, where, among = narrowed["rule"], narrowed["column"], _list(narrowed["values"])
    if found := _OTHER.fullmatch(said):
        return TableRule(Wanted.AMONG, found["column"], known=found["known"], where=where, among=among)
    if found := _AMONG.fullmatch(said):
        return TableRule(Wanted.AMONG, found["column"], _list(found["values"]), where=where, among=among)
    if found := _BEFORE.fullmatch(said):
        return TableRule(Wanted.NOT_BEFORE, found["column"], other=found["other"], where=where, among=among)
    if found := _PLAIN.fullmatch(said):
        return TableRule(Wanted(found["wanted"].lower()), found["column"], where=where, among=among)
    raise Invalid(
        f"Line {number}, '{said[:80]}', says no rule. Write a column and what it must be: filled, number, day, single, "
        "in A, B, in COLUMN of the other table, not before COLUMN.",
        fields=[FieldError("rules", f"line {number} says no rule")],
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
