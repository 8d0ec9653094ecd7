"""Rules over every row of a table: what is not there, not right, not known elsewhere, and what does not add up.

Each rule says how many rows it could not judge. Not here: reading a file into rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum

from headway.engine.kpi.proportions import Interval, wilson
from headway.engine.kpi.quality import Quality

Value = str | Decimal | date | None
Row = Mapping[str, Value]
UNKNOWN = frozenset({"", "unknown", "n/a", "na", "none", "-", "--", "other"})
_NEAR = 0.6


class Wanted(Enum):
    """What a rule wants of its column."""

    FILLED = "filled"
    NUMBER = "number"
    DAY = "day"
    AMONG = "among"
    SINGLE = "single"
    NOT_BEFORE = "not_before"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one column.

    values  what AMONG allows: a controlled list, or the keys of another table.
    other   the column whose day NOT_BEFORE may not come before.
    where   only rows whose column of this name holds one of `among` are judged; '' = all rows.
    """

    wanted: Wanted
    column: str
    values: tuple[str, ...] = ()
    other: str = ""
    where: str = ""
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that a rule is not met by. place: of the row among all, from 0; nearest: the known value most like it."""

    place: int
    value: str
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a rule came out: `quality` counts all rows, `findings` are those to mend, in their order."""

    rule: Rule
    quality: Quality
    findings: tuple[Finding, ...]


_MEASURES = {Wanted.FILLED: "completeness", Wanted.SINGLE: "uniqueness"}


def judged(rule: Rule, rows: Sequence[Row]) -> Verdict:
    """Ask a rule of every row.

    An empty cell is a fault of FILLED alone; the other rules cannot judge it. Rows that `where` leaves out are not
    judged either.
    """
    said = [_verdict(rule, row) if _asked(rule, row) else None for row in rows]
    if rule.wanted is Wanted.SINGLE:
        said = _single(rule, rows)
    known = [one for one in said if one is not None]
    near = _Nearest(rule.values)
    findings = tuple(
        Finding(place, _text(rows[place].get(rule.column)), near.to(_text(rows[place].get(rule.column))))
        for place, one in enumerate(said)
        if one is False
    )
    name = _MEASURES.get(rule.wanted, "validity")
    return Verdict(rule, Quality(name, rule.column, sum(known), len(known), len(said) - len(known)), findings)


def _asked(rule: Rule, row: Row) -> bool:
    return not rule.where or _text(row.get(rule.where)).casefold() in {one.casefold() for one in rule.among}


def _verdict(rule: Rule, row: Row) -> bool | None:
    value = row.get(rule.column)
    if rule.wanted is Wanted.FILLED:
        return _text(value) != ""
    if _text(value) == "":
        return None
    if rule.wanted is Wanted.NUMBER:
        return isinstance(value, Decimal)
    if rule.wanted is Wanted.DAY:
        return isinstance(value, date)
    if rule.wanted is Wanted.AMONG:
        return _text(value) in rule.values
    before = row.get(rule.other)
    return value >= before if isinstance(value, date) and isinstance(before, date) else None


def _single(rule: Rule, rows: Sequence[Row]) -> list[bool | None]:
    keys = [_text(row.get(rule.column)) if _asked(rule, row) else "" for row in rows]
    counted = Counter(keys)
    return [counted[key] == 1 if key else None for key in keys]


class _Nearest:
    """The known value that is most like another, in spite of spaces and capitals; each value is looked up once."""

    def __init__(self, values: Iterable[str]) -> None:
        self._known = {_folded(value): value for value in values}
        self._found: dict[str, str] = {}

    def to(self, value: str) -> str:
        """It, or '' where none is like it."""
        if value not in self._found:
            near = get_close_matches(_folded(value), self._known, n=1, cutoff=_NEAR)
            self._found[value] = self._known[near[0]] if near else ""
        return self._found[value]


def _folded(value: str) -> str:
    return "".join(value.casefold().split())


def _text(value: Value) -> str:
    return "" if value is None else str(value).strip()


# --- totals and shares ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TotalFault:
    """A column whose rows come to something else than the table's own row of totals says."""

    column: str
    rows: Decimal
    total: Decimal


def total_faults(rows: Sequence[Row], total: Row) -> tuple[TotalFault, ...]:
    """The columns of the row of totals that the rows do not add up to; cells that are no numbers count as nothing."""
    found = []
    for column, said in total.items():
        if not isinstance(said, Decimal):
            continue
        amounts = (row.get(column) for row in rows)
        summed = sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0))
        if summed != said:
            found.append(TotalFault(column, summed, said))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Share:
    """What share of a group came out as wanted. known: False for the bucket of rows whose group nobody knows."""

    group: str
    hits: int
    interval: Interval
    known: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of all groups, the highest first and what is not known last.

    best      the known group whose interval lies above those of all other known ones; '' = no rank may be given.
    unjudged  rows that came out neither way yet.
    """

    groups: tuple[Share, ...]
    best: str
    unjudged: int


def shares(rows: Sequence[Row], *, group: str, outcome: str, hits: Sequence[str], misses: Sequence[str]) -> Shares:
    """The share of rows of each group whose outcome is one of `hits`, among those that came out either way.

    group  '' = all rows together. misses: empty = every other outcome, an empty cell as well.
    """
    wanted, lost = {one.casefold() for one in hits}, {one.casefold() for one in misses}
    counted: dict[str, list[int]] = {}
    unjudged = 0
    for row in rows:
        came = _text(row.get(outcome)).casefold()
        if came not in wanted and lost and came not in lost:
            unjudged += 1
            continue
        sums = counted.setdefault(_text(row.get(group)) if group else "all rows", [0, 0])
        sums[0] += came in wanted
        sums[1] += 1
    found = [
        Share(name, hit, wilson(hit, n), known=name.casefold() not in UNKNOWN) for name, (hit, n) in counted.items()
    ]
    found.sort(key=lambda one: (not one.known, -one.interval.share, one.group))
    return Shares(tuple(found), _best([one for one in found if one.known]), unjudged)


def _best(found: Sequence[Share]) -> str:
    if len(found) < 2:
        return ""
    first = found[0]
    return first.group if all(first.interval.low > one.interval.high for one in found[1:]) else ""
