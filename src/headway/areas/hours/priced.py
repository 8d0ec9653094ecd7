"""An import's rows as entries: unpacked, priced, and waiting beside the table of entries until they are taken.

This is done before the write lock is held, for it takes most of an import's time. Not here: taking them (`taking`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from headway.areas.hours.kept import Coming, ComingSums
from headway.areas.hours.models import StagedImport, TimeEntry
from headway.areas.hours.rate_cards import RateCard, money_columns, stored
from headway.areas.hours.reconciling import FileTotals, Totals, waiting_totals
from headway.areas.hours.staging import Taken, Worth, unpack
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Charter
from headway.engine.rates import RateKind
from headway.engine.rates import RateLine as EngineLine
from headway.engine.units import Money
from headway.kernel.bulk import as_driver_takes, in_runs
from headway.kernel.context import Context
from headway.kernel.waiting_rows import WaitingRows

_MONEY = ("bill_rate", "bill_amount", "bill_currency", "cost_rate", "cost_amount", "cost_currency")
TAKEN = (
    *("person_id", "day", "start", "end", "zone", "phase", "role", "hours", "billable", "note"),
    *("content_key", "file_digest", "raw", "source_key", "import_key", "task_uid"),
    *_MONEY,
)
COLUMNS = ("project_id", *TAKEN)
_MOST_REMEMBERED = 20_000
_RUN = 50_000  # rows that are ordered together; so many are in memory


@dataclass
class ReadBefore:
    """An import's rows, unpacked and priced before the transaction that takes them.

    seal    of what they were unpacked from.
    priced  the projects and the rate lines that they were priced by.
    totals  what the file's rows add up to, by project; stored: what the rows that wait for the table do.
    sums    of those, for the kept sums.
    rows    at the place of their row in the file, with COLUMNS; days and people lie together.
    """

    seal: bytes
    priced: dict[int, tuple[Charter, list[EngineLine]]]
    totals: dict[int, FileTotals]
    stored: dict[int, Totals]
    rows: WaitingRows = field(repr=False)
    sums: ComingSums | None = field(default=None, repr=False)

    def still(self, ctx: Context, packed: str) -> bool:
        """Whether the rows and the rates are those that were read."""
        if self.seal != _seal(packed):
            return False
        for project_id, (about, lines) in self.priced.items():
            now = charter(ctx, project=project_id)
            if now != about or RateCard(now).lines != lines:
                return False
        return True

    def close(self) -> None:
        """Let the rows go."""
        self.rows.close()
        if self.sums is not None:
            self.sums.close()


def read_before(ctx: Context, *, project_id: int, batch_id: int) -> ReadBefore | None:
    """What `take_entries` needs of a visible import, so that it is not read while the write lock is held."""
    staged = StagedImport.visible_to(ctx).filter(batch_id=batch_id).first()
    if staged is None or not staged.packed:
        return None
    return make_ready(ctx, staged.packed)


def make_ready(ctx: Context, packed: str) -> ReadBefore:
    """The rows of a staged import; who asks closes what is given."""
    found = ReadBefore(_seal(packed), {}, {}, {}, WaitingRows(TimeEntry, COLUMNS, order=("day", "person_id")))
    coming: dict[int, Coming] = {}
    try:
        for run in in_runs(_ready(ctx, found, coming, unpack(packed)), _RUN):
            found.rows.add(run)
        found.rows.filled(apart="project_id" if len(found.priced) > 1 else "")
        found.sums = ComingSums(coming)
        found.stored = {project_id: waiting_totals(project_id, found.rows) for project_id in found.priced}
    except BaseException:
        found.close()
        raise
    return found


def _ready(
    ctx: Context, found: ReadBefore, coming: dict[int, Coming], rows: Iterable[Taken]
) -> Iterator[tuple[Any, ...]]:
    """Place and COLUMNS of each row as the database's driver takes them; what they come to is added up on the way."""
    prices: dict[int, _Prices] = {}
    on, start, end = (as_driver_takes(TimeEntry, name) for name in ("day", "start", "end"))
    for row in rows:
        price = prices.get(row.project_id)
        if price is None:
            card = RateCard(charter(ctx, project=row.project_id))
            price = prices[row.project_id] = _Prices(card)
            found.priced[row.project_id] = (card.project, card.lines)
            found.totals[row.project_id], coming[row.project_id] = FileTotals(), Coming()
        found.totals[row.project_id].add(row)
        priced, phase, role = price.of(row), row.phase[:255], row.role[:255]
        part = (row.person_id, row.task_uid, phase, role)
        coming[row.project_id].add(row.day, part, priced.kind, priced.figures)
        yield (
            *(row.number, row.project_id, row.person_id, on(row.day), start(row.start), end(row.end), row.zone),
            *(phase, role, priced.hours, priced.billable, row.note, row.content_key),
            *(row.digest, row.raw, row.source_key, row.key, row.task_uid),
            *priced.columns,
        )


class _Priced(NamedTuple):
    """Hours and money of an entry as the database's driver takes them; columns: values of _MONEY.

    kind     billable and both currencies.
    figures  millionths of hours and of both amounts.
    """

    hours: Any
    billable: Any
    columns: tuple[Any, ...]
    kind: tuple[bool, str, str]
    figures: tuple[int, int, int]


class _Rates(NamedTuple):
    """What the cards say of some rows; equal ones are one object, and tell it by that."""

    bill: Money | None
    cost: Money | None


class _Prices:
    """Rates and amounts of a project's rows: from the cards and, where none applies, from the file."""

    def __init__(self, card: RateCard) -> None:
        self._card = card
        self._rates: dict[tuple[int, str, int], _Rates] = {}
        self._each: dict[_Rates, _Rates] = {}
        self._known: dict[tuple[int, Worth], _Priced] = {}
        self._drivers = {name: as_driver_takes(TimeEntry, name) for name in ("hours", "billable", *_MONEY)}

    def of(self, row: Taken) -> _Priced:
        """What a row comes to; rows that say the same of it, and have the same rates, are reckoned once."""
        asked = (row.person_id, row.role, self._card.turn(row.day))
        rates = self._rates.get(asked)
        if rates is None:
            rates = self._rates[asked] = self._rates_of(row)
        found = self._known.get((id(rates), row.worth))
        if found is None:
            if len(self._known) > _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[id(rates), row.worth] = self._reckoned(rates, row.worth)
        return found

    def _rates_of(self, row: Taken) -> _Rates:
        kinds = (RateKind.BILL, RateKind.COST)
        rates = _Rates(*(self._card.rate(kind, row.person_id, row.role, row.day) for kind in kinds))
        return self._each.setdefault(rates, rates)

    def _reckoned(self, rates: _Rates, worth: Worth) -> _Priced:
        values: dict[str, Any] = {}
        for kind, rate, own_rate, own_amount in (
            ("bill", rates.bill, worth.bill_rate, worth.bill_amount),
            ("cost", rates.cost, worth.cost_rate, worth.cost_amount),
        ):
            factor = worth.hours if worth.billable or kind == "cost" else Decimal(0)
            if rate is not None or (own_rate is None and own_amount is None):
                values |= money_columns(kind, rate.amount if rate else None, factor, rate.currency if rate else "")
                continue
            values[f"{kind}_rate"] = own_rate
            values[f"{kind}_amount"] = stored(own_amount if own_amount is not None else (own_rate or 0) * factor)
            values[f"{kind}_currency"] = worth.currency or self._card.project.currency
        hours, amounts = stored(worth.hours), (values["bill_amount"], values["cost_amount"])
        worked, bill, cost = (int((amount or Decimal(0)).scaleb(6)) for amount in (hours, *amounts))
        return _Priced(
            self._drivers["hours"](hours),
            self._drivers["billable"](worth.billable),
            tuple(self._drivers[name](values[name]) for name in _MONEY),
            (worth.billable, values["bill_currency"], values["cost_currency"]),
            (worked, bill, cost),
        )


def _seal(packed: str) -> bytes:
    return blake2b(packed.encode()).digest()
