"""An import's rows as entries: unpacked, priced, and waiting beside the table of entries until they are taken.

This is done before the write lock is held, for it takes most of an import's time. Not here: taking them (`taking`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from headway.areas.hours.kept import Coming
from headway.areas.hours.models import StagedImport, TimeEntry
from headway.areas.hours.rate_cards import RateCard, stored
from headway.areas.hours.reconciling import FileTotals
from headway.areas.hours.staging import Taken, in_runs, unpack
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Charter
from headway.engine.rates import RateLine as EngineLine
from headway.kernel.bulk import JsonText, prepared_rows
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


@dataclass
class ReadBefore:
    """An import's rows, unpacked and priced before the transaction that takes them.

    seal    of what they were unpacked from.
    priced  the projects and the rate lines that they were priced by.
    totals  what the file's rows add up to, by project; coming: what their entries will.
    rows    at the place of their row in the file, with COLUMNS.
    """

    seal: bytes
    priced: dict[int, tuple[Charter, list[EngineLine]]]
    totals: dict[int, FileTotals]
    coming: dict[int, Coming]
    rows: WaitingRows = field(repr=False)

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


def read_before(ctx: Context, *, project_id: int, batch_id: int) -> ReadBefore | None:
    """What `take_entries` needs of a visible import, so that it is not read while the write lock is held."""
    staged = StagedImport.visible_to(ctx).filter(batch_id=batch_id).first()
    if staged is None or not staged.packed:
        return None
    return make_ready(ctx, staged.packed)


def make_ready(ctx: Context, packed: str) -> ReadBefore:
    """The rows of a staged import; who asks closes what is given."""
    found = ReadBefore(_seal(packed), {}, {}, {}, WaitingRows(TimeEntry, COLUMNS))
    try:
        rows = _numbered(ctx, found, unpack(packed))
        for run in in_runs(prepared_rows(TimeEntry, ("id", *COLUMNS), rows)):
            found.rows.add(run)
        found.rows.filled()
    except BaseException:
        found.close()
        raise
    return found


def _numbered(ctx: Context, found: ReadBefore, rows: Iterable[Taken]) -> Iterator[tuple[Any, ...]]:
    prices: dict[int, _Prices] = {}
    for row in rows:
        price = prices.get(row.project_id)
        if price is None:
            card = RateCard(charter(ctx, project=row.project_id))
            price = prices[row.project_id] = _Prices(card)
            found.priced[row.project_id] = (card.project, card.lines)
            found.totals[row.project_id], found.coming[row.project_id] = FileTotals(), Coming()
        found.totals[row.project_id].add(row)
        priced, phase, role = price.of(row), row.phase[:255], row.role[:255]
        part, money = (row.person_id, row.task_uid, phase, role), (row.billable, *priced.currencies)
        found.coming[row.project_id].add(row.day, part, money, priced.figures)
        yield (
            *(row.number, row.project_id, row.person_id, row.day, row.start, row.end, row.zone),
            *(phase, role, priced.hours, row.billable, row.note, row.content_key),
            *(row.digest, JsonText(row.raw), row.source_key, row.key, row.task_uid),
            *priced.columns,
        )


class _Priced(NamedTuple):
    """Hours and money of an entry as its columns keep them; columns: values of _MONEY.

    figures  millionths of hours and of both amounts.
    """

    hours: Decimal
    columns: tuple[Any, ...]
    currencies: tuple[str, str]
    figures: tuple[int, int, int]


class _Prices:
    """Rates and amounts of a project's rows: from the cards and, where none applies, from the file."""

    def __init__(self, card: RateCard) -> None:
        self._card = card
        self._known: dict[tuple[Any, ...], _Priced] = {}

    def of(self, row: Taken) -> _Priced:
        """What a row comes to; rows that say the same of it are reckoned once."""
        said = (row.bill_rate, row.bill_amount, row.cost_rate, row.cost_amount, row.currency)
        key = (row.person_id, row.role, self._card.turn(row.day), row.hours, row.billable, said)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._reckoned(row)
        return found

    def _reckoned(self, row: Taken) -> _Priced:
        values = self._card.amounts(row.person_id, row.role, row.day, row.hours, billable=row.billable)
        for kind, rate, amount in (
            ("bill", row.bill_rate, row.bill_amount),
            ("cost", row.cost_rate, row.cost_amount),
        ):
            if values[f"{kind}_rate"] is not None or (rate is None and amount is None):
                continue
            factor = row.hours if row.billable or kind == "cost" else Decimal(0)
            values[f"{kind}_rate"] = rate
            values[f"{kind}_amount"] = stored(amount if amount is not None else (rate or Decimal(0)) * factor)
            values[f"{kind}_currency"] = row.currency or self._card.project.currency
        hours, amounts = stored(row.hours), (values["bill_amount"], values["cost_amount"])
        worked, bill, cost = (int((amount or Decimal(0)).scaleb(6)) for amount in (hours, *amounts))
        currencies = (values["bill_currency"], values["cost_currency"])
        return _Priced(hours, tuple(values[name] for name in _MONEY), currencies, (worked, bill, cost))


def _seal(packed: str) -> bytes:
    return blake2b(packed.encode()).digest()
