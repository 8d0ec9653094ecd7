"""Rules over every row of somebody's own table, with the keys of another one; nothing of it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from headway.areas.files.queries import held, held_path
from headway.areas.files.types import FileId
from headway.documents.child import ChildError, Refused
from headway.documents.exchange.any_table import ReadTable, Value, read_table
from headway.documents.exchange.faults import RowError
from headway.engine.kpi.population import Rule, Shares, Verdict, Wanted, judged, shares, total_faults
from headway.engine.kpi.quality import Quality, completeness
from headway.kernel.commands import journey
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.schema import ShortText

MOST_BYTES = 20 * 1024 * 1024
_MOST_FOUND = 200
_ROWS_NAMED = 20
# Columns of the row of totals that are no sums.
_NO_SUMS = ("avg", "average", "mean", "rate", "ctr", "cpc", "cpa", "share", "%", "position", "cost /", "per ")
_WHOLE = ("total", "totals", "total: account", "grand total", "sum", "summe", "gesamt")
Values = Annotated[tuple[ShortText, ...], Field(max_length=2000)]


@dataclass(frozen=True, slots=True)
class TableRule:
    """A rule of a column; see `engine.kpi.population.Rule`.

    known  AMONG: the column of the other table whose values are allowed, in place of `values`.
    """

    wanted: Wanted
    column: ShortText
    values: Values = ()
    known: ShortText = ""
    other: ShortText = ""
    where: ShortText = ""
    among: Values = ()


@dataclass(frozen=True, slots=True)
class TableShare:
    """A share to tell by group: of the rows whose `outcome` is one of `hits`, among those of `hits` and `misses`."""

    outcome: ShortText
    hits: Values
    misses: Values = ()
    by: ShortText = ""


@dataclass(frozen=True, slots=True)
class FoundValue:
    """A value that a rule is not met by: in how many rows, the first of them as the file numbers them."""

    value: str
    nearest: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """How a rule came out over all rows; found: the values to mend, the most frequent first."""

    rule: TableRule
    quality: Quality
    found: tuple[FoundValue, ...]


@dataclass(frozen=True, slots=True)
class TotalResult:
    """A column of the file's row of totals that its rows do not come to: it is cut short, or wrong."""

    name: str
    column: str
    rows: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class TableChecked:
    """What a table was found to be.

    usable     the rows come to the file's own total, or it has none; otherwise nothing of it should be taken in.
    not_judged rows of totals that are of some rows alone, so that nothing says which.
    columns    how many rows of each column are filled.
    """

    file: str
    rows: int
    columns: tuple[Quality, ...]
    usable: bool
    totals: tuple[TotalResult, ...]
    not_judged: tuple[str, ...]
    results: tuple[RuleResult, ...]
    shares: Shares | None
    errors: tuple[RowError, ...]
    questions: tuple[str, ...]


@journey(permission="metrics.read", name="metrics.check_table")
def check_table(
    ctx: Context,
    *,
    file: FileId,
    rules: Annotated[tuple[TableRule, ...], Field(max_length=50)] = (),
    known: FileId | None = None,
    share: TableShare | None = None,
    answers: dict[str, str] | None = None,
) -> TableChecked:
    """Ask rules of every row of a table that one has uploaded: what is missing, wrong, unknown elsewhere, doubled.

    known    another table, whose columns rules may name ('known'); a value that it lacks is told with the nearest one.
    share    a share by group, each with its 95 % interval; no group is called best where intervals overlap.
    answers  date_order (dmy, mdy) and decimal_sign (point, comma), where the file leaves them open.
    The rows are held against the file's own row of totals as well. Nothing is stored.
    """
    found = _read(file, "file", answers)
    others = _read(known, "known", answers) if known is not None else None
    name = held(file).name
    if found.questions or (others is not None and others.questions):
        asked = tuple(dict.fromkeys((*found.questions, *(others.questions if others is not None else ()))))
        return TableChecked(name, 0, (), usable=False, totals=(), not_judged=(), results=(), shares=None,
                            errors=found.errors, questions=asked)  # fmt: skip
    totals, not_judged = _totals(found)
    return TableChecked(
        file=name,
        rows=len(found.rows),
        columns=tuple(completeness(column, [row[column] for row in found.rows]) for column in found.columns),
        usable=not totals,
        totals=totals,
        not_judged=not_judged,
        results=tuple(_result(rule, place, found, others) for place, rule in enumerate(rules)),
        shares=_shares(share, found) if share is not None else None,
        errors=found.errors,
        questions=(),
    )


def _read(file_id: int, field: str, answers: Mapping[str, str] | None) -> ReadTable:
    stored = held(file_id)
    if stored.size > MOST_BYTES:
        raise Invalid(f"{stored.name} is larger than 20 MB, the limit here.", fields=[FieldError(field, "large")])
    try:
        return read_table(held_path(file_id), name=stored.name, answers=answers)
    except (Refused, ChildError) as fault:
        raise Invalid(str(fault), fields=[FieldError(field, str(fault), file=stored.name)]) from fault


def _column(name: str, table: ReadTable, field: str) -> str:
    """The column of that name, however it is capitalised; Invalid names those there are."""
    for column in table.columns:
        if column.casefold() == name.strip().casefold():
            return column
    seen = ", ".join(f"'{column}'" for column in table.columns)
    raise Invalid(f"There is no column '{name}'. The table has {seen}.", fields=[FieldError(field, name)])


def _result(rule: TableRule, place: int, table: ReadTable, others: ReadTable | None) -> RuleResult:
    field = f"rules.{place}"
    values = rule.values
    if rule.known:
        if others is None:
            raise Invalid(
                f"The rule of '{rule.column}' asks for another table. Bring one.",
                fields=[FieldError("known", "needed")],
            )
        column = _column(rule.known, others, f"{field}.known")
        values = tuple(dict.fromkeys(str(row[column]) for row in others.rows if row[column] is not None))
    asked = Rule(
        rule.wanted,
        _column(rule.column, table, f"{field}.column"),
        values,
        _column(rule.other, table, f"{field}.other") if rule.wanted is Wanted.NOT_BEFORE else "",
        _column(rule.where, table, f"{field}.where") if rule.where else "",
        rule.among,
    )
    if rule.wanted is Wanted.AMONG and not values:
        raise Invalid(f"Say which values '{rule.column}' may have.", fields=[FieldError(f"{field}.values", "empty")])
    verdict = judged(asked, table.rows)
    return RuleResult(rule, verdict.quality, _found(verdict, table))


def _found(verdict: Verdict, table: ReadTable) -> tuple[FoundValue, ...]:
    """The values that are wrong, each once with its rows."""
    by: dict[tuple[str, str], list[int]] = {}
    for one in verdict.findings:
        by.setdefault((one.value, one.nearest), []).append(table.numbers[one.place])
    ordered = sorted(by.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        FoundValue(value, nearest, len(rows), tuple(rows[:_ROWS_NAMED]))
        for (value, nearest), rows in ordered[:_MOST_FOUND]
    )


def _totals(table: ReadTable) -> tuple[tuple[TotalResult, ...], tuple[str, ...]]:
    """The rows of totals that the rows do not come to, and those that nothing says the rows of."""
    told, not_judged = [], []
    for name, total in table.totals:
        if name.strip().casefold() not in _WHOLE and len(table.totals) > 1:
            not_judged.append(name)
            continue
        sums: dict[str, Value] = {column: value for column, value in total.items() if _adds_up(column)}
        told += [TotalResult(name, one.column, one.rows, one.total) for one in total_faults(table.rows, sums)]
    return tuple(told), tuple(not_judged)


def _adds_up(column: str) -> bool:
    return not any(word in column.casefold() for word in _NO_SUMS)


def _shares(share: TableShare, table: ReadTable) -> Shares:
    by = _column(share.by, table, "share.by") if share.by else ""
    outcome = _column(share.outcome, table, "share.outcome")
    if not share.hits:
        raise Invalid("Say which outcomes count.", fields=[FieldError("share.hits", "empty")])
    return shares(table.rows, group=by, outcome=outcome, hits=share.hits, misses=share.misses)


_WORDS = {
    Wanted.FILLED: "is filled",
    Wanted.NUMBER: "is a number",
    Wanted.DAY: "is a day",
    Wanted.SINGLE: "stands once",
}


def words(rule: TableRule) -> str:
    """'product is one of those of product in the other table'."""
    if rule.wanted is Wanted.AMONG:
        known = f"those of {rule.known} in the other table" if rule.known else ", ".join(rule.values)
        said = f"{rule.column} is one of {known}"
    elif rule.wanted is Wanted.NOT_BEFORE:
        said = f"{rule.column} is not before {rule.other}"
    else:
        said = f"{rule.column} {_WORDS[rule.wanted]}"
    return f"{said}, where {rule.where} is {' or '.join(rule.among)}" if rule.where else said
