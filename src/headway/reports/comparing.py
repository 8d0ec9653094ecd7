"""Two snapshots of one project side by side: what moved as sentences, and field by field. Pure.

Figures are written as the reports write them. Not here: which two snapshots, and who may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.documents.tree import Rag, Value, day_text, grouped
from headway.reports import words
from headway.reports.status_snapshot import Basis, Moved, StatusSnapshot, changes_since, rank

NONE = "–"


@dataclass(frozen=True, slots=True)
class FigureMoved:
    """A figure that is not what it was. `difference` is '' where it is no number; `better` None = neither."""

    block: str
    name: str
    before: str
    after: str
    difference: str
    better: bool | None


@dataclass(frozen=True, slots=True)
class EntryMoved:
    """One field of one entry of a list; `field` 'entry' when the whole entry came or went."""

    block: str
    ref: str
    title: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different in the newer of two snapshots. `same` counts the figures that both have and that agree."""

    older: int
    older_as_of: date
    newer: int
    newer_as_of: date
    sentences: tuple[Moved, ...]
    figures: tuple[FigureMoved, ...]
    entries: tuple[EntryMoved, ...]
    same: int


def compare(older: StatusSnapshot, newer: StatusSnapshot) -> Comparison:
    """The differences of two snapshots. Raises SnapshotError for two projects."""
    sentences = changes_since(older, newer)
    before, after = _figures(older), _figures(newer)
    pairs = [(key, before.get(key), after.get(key)) for key in dict.fromkeys([*after, *before])]
    moved = [_figure_moved(key, old, new) for key, old, new in pairs if _text(old) != _text(new)]
    return Comparison(
        older=older.number,
        older_as_of=older.data_date,
        newer=newer.number,
        newer_as_of=newer.data_date,
        sentences=sentences,
        figures=tuple(moved),
        entries=tuple(_entries_moved(older, newer)),
        same=sum(1 for _, old, new in pairs if old is not None and new is not None and _text(old) == _text(new)),
    )


# --- figures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Figure:
    """One figure: its printed text, its number where it is one, and which way is good (1 up, -1 down, 0 neither)."""

    text: str
    number: Decimal | None = None
    good: int = 0
    signed: Callable[[Decimal], str] | None = None


_Key = tuple[str, str]  # block and name


def _text(figure: _Figure | None) -> str:
    return NONE if figure is None else figure.text


def _figure_moved(key: _Key, old: _Figure | None, new: _Figure | None) -> FigureMoved:
    difference, better = "", None
    if old is not None and new is not None and old.number is not None and new.number is not None:
        step = new.number - old.number
        if new.signed is not None:
            difference = new.signed(step)
        if new.good and step:
            better = (step > 0) is (new.good > 0)
    return FigureMoved(key[0], key[1], _text(old), _text(new), difference, better)


def _figures(snapshot: StatusSnapshot) -> dict[_Key, _Figure]:
    found: dict[_Key, _Figure] = {("Health", "Overall"): _colour(snapshot.overall)}
    for reading in snapshot.rag:
        found["Health", reading.dimension.value] = _colour(reading.colour)
    for fill in (_plan_figures, _earned_figures, _schedule_figures, _budget_figures, _hours_figures):
        fill(snapshot, found)
    return found


def _colour(rag: Rag) -> _Figure:
    return _Figure(rag.word, None if rag is Rag.NOT_MEASURED else Decimal(rank(rag)), good=-1)


def _number(value: Value, *, good: int, signed: Callable[[Decimal], str]) -> _Figure | None:
    """A printed figure; None where it was not measured."""
    number = value.raw if isinstance(value.raw, Decimal) else None
    return None if number is None else _Figure(value.text, number, good, signed)


def _put(found: dict[_Key, _Figure], block: str, figures: Mapping[str, _Figure | None]) -> None:
    for name, figure in figures.items():
        if figure is not None:
            found[block, name] = figure


def _index(value: Decimal | None) -> _Figure | None:
    return _number(words.index(value), good=1, signed=lambda step: grouped(step, 2, signed=True))


def _percent(value: Decimal | None, *, good: int = 0) -> _Figure | None:
    return _number(words.percent(value), good=good, signed=lambda step: words.points(step).text)


def _of_hours(value: Decimal | None, *, good: int = 0) -> _Figure | None:
    return _number(words.hours(value), good=good, signed=lambda step: words.hours(step, signed=True).text)


def _amount(value: Decimal | None, basis: Basis, currency: str, *, good: int = 0) -> _Figure | None:
    return _number(
        words.amount(value, basis, currency),
        good=good,
        signed=lambda step: words.amount(step, basis, currency, signed=True).text,
    )


def _days(day: date | None) -> _Figure | None:
    if day is None:
        return None
    return _Figure(day_text(day), Decimal(day.toordinal()), -1, lambda step: _calendar_days(int(step)))


def _calendar_days(step: int) -> str:
    return f"{words.plural(abs(step), 'day')} {'later' if step > 0 else 'earlier'}"


def _plan_figures(snapshot: StatusSnapshot, found: dict[_Key, _Figure]) -> None:
    plan = snapshot.plan
    if plan is None:
        return
    late = words.late(plan.late_days)
    _put(
        found,
        "Plan",
        {
            "Forecast finish": _days(plan.forecast_finish),
            "Baseline finish": _days(plan.baseline_finish),
            "Contract date": _days(plan.contract_date),
            "Working days late": _number(late, good=-1, signed=lambda step: grouped(step, 0, signed=True)),
        },
    )


def _earned_figures(snapshot: StatusSnapshot, found: dict[_Key, _Figure]) -> None:
    block, currency = snapshot.earned_value, snapshot.project.currency
    if block is None:
        return

    def amount(value: Decimal | None, good: int = 0) -> _Figure | None:
        return _amount(value, block.basis, currency, good=good)

    in_use = block.eac_in_use
    _put(
        found,
        "Earned value",
        {
            "Budget at completion": amount(block.bac),
            "Planned value": amount(block.pv),
            "Earned value": amount(block.ev, 1),
            "Actual": amount(block.ac),
            "CPI": _index(block.cpi),
            "SPI": _index(block.spi),
            "Estimate at completion": amount(in_use.value if in_use else None, -1),
            "Percent complete": _percent(block.percent_complete, good=1),
            "Percent spent": _percent(block.percent_spent),
        },
    )


def _schedule_figures(snapshot: StatusSnapshot, found: dict[_Key, _Figure]) -> None:
    block = snapshot.earned_schedule
    if block is None:
        return
    ahead = words.weeks(block.variance_weeks, signed=True)
    _put(
        found,
        "Earned schedule",
        {
            "SPI(t)": _index(block.spi_t),
            "Weeks ahead": _number(ahead, good=1, signed=lambda step: words.weeks(step, signed=True).text),
        },
    )


def _budget_figures(snapshot: StatusSnapshot, found: dict[_Key, _Figure]) -> None:
    block, currency = snapshot.budget, snapshot.project.currency
    if block is None:
        return
    _put(
        found,
        "Budget",
        {
            "Approved": _amount(block.approved, block.basis, currency),
            "Approved changes": _amount(block.approved_changes, block.basis, currency),
            "Current": _amount(block.current, block.basis, currency),
            "Actual so far": _amount(block.actual, block.basis, currency),
            "Forecast": _amount(block.forecast, block.basis, currency, good=-1),
        },
    )


def _hours_figures(snapshot: StatusSnapshot, found: dict[_Key, _Figure]) -> None:
    block = snapshot.hours
    if block is None:
        return
    figures = {
        "Spent": _of_hours(block.spent),
        "Budget": _of_hours(block.current),
        "Percent of hours spent": _percent(block.percent_spent),
        "Percent of work done": _percent(block.percent_complete, good=1),
        "Timesheets in": _percent(block.timesheets_in, good=1),
    }
    for forecast in block.forecasts:
        figures[f"Forecast, {forecast.name.lower()}"] = _of_hours(forecast.hours, good=-1)
    _put(found, "Hours", figures)


# --- lists ----------------------------------------------------------------------------------------------------------

_Entry = tuple[str, dict[str, str]]  # title, and its fields as printed


def _entries_moved(older: StatusSnapshot, newer: StatusSnapshot) -> Iterator[EntryMoved]:
    before, after = _entries(older), _entries(newer)
    for block in [name for name in after if name in before]:
        known, entries = before[block], after[block]
        for ref, (title, fields) in entries.items():
            if ref not in known:
                yield EntryMoved(block, ref, title, "entry", NONE, "new")
                continue
            for name, value in fields.items():
                old = known[ref][1].get(name, NONE)
                if old != value:
                    yield EntryMoved(block, ref, title, name, old, value)
        for ref, (title, _) in known.items():
            if ref not in entries:
                yield EntryMoved(block, ref, title, "entry", "listed", NONE)


_Listed = Iterator[tuple[str, str, dict[str, str]]]


def _entries(snapshot: StatusSnapshot) -> dict[str, dict[str, _Entry]]:
    """The entries of each list that was measured, by what people call them."""
    lists: tuple[tuple[str, object, _Listed], ...] = (
        ("Milestones", snapshot.milestones, _milestones(snapshot)),
        ("Risks", snapshot.risks, _risks(snapshot)),
        ("Issues", snapshot.issues, _issues(snapshot)),
        ("Decisions", snapshot.decisions, _decisions(snapshot)),
        ("Client actions", snapshot.client_actions, _client_actions(snapshot)),
        ("Change requests", snapshot.changes, _change_requests(snapshot)),
    )
    return {
        name: {ref: (title, fields) for ref, title, fields in entries}
        for name, measured, entries in lists
        if measured is not None
    }


def _milestones(snapshot: StatusSnapshot) -> _Listed:
    for item in snapshot.milestones or ():
        fields = {
            "forecast": _day(item.forecast),
            "reached": _day(item.actual),
            "working days late": NONE if item.late_days is None else str(item.late_days),
            "owner": item.owner or NONE,
        }
        yield item.name, item.name, fields


def _risks(snapshot: StatusSnapshot) -> _Listed:
    for item in snapshot.risks or ():
        fields = {"exposure": f"{item.exposure} of 25", "owner": item.owner or NONE, "response": item.response or NONE}
        yield item.ref, item.title, fields | {"due": _day(item.due)}


def _issues(snapshot: StatusSnapshot) -> _Listed:
    for item in snapshot.issues or ():
        fields = {"severity": str(item.severity), "owner": item.owner or NONE, "action": item.action or NONE}
        yield item.ref, item.title, fields | {"due": _day(item.due)}


def _decisions(snapshot: StatusSnapshot) -> _Listed:
    for item in snapshot.decisions or ():
        fields = {"deadline": _day(item.deadline), "recommendation": item.recommendation or NONE}
        yield item.ref, item.title, fields


def _client_actions(snapshot: StatusSnapshot) -> _Listed:
    for item in snapshot.client_actions or ():
        yield item.ref, item.title, {"due": _day(item.due), "working days late": str(item.late_days)}


def _change_requests(snapshot: StatusSnapshot) -> _Listed:
    currency = snapshot.project.currency
    for item in snapshot.changes or ():
        fields = {
            "state": "approved" if item.approved else "pending",
            "hours": words.hours(item.hours, signed=True).text,
            "amount": words.money(item.amount, currency, signed=True).text,
        }
        yield item.ref, item.title, fields


def _day(day: date | None) -> str:
    return NONE if day is None else day_text(day)
