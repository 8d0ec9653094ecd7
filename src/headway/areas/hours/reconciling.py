"""An import's file and the store side by side: what its rows add up to, by month and person, and what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.hours.comparing import Days, of_source
from headway.areas.hours.kept import FirstOfMonth
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.queries import between
from headway.areas.hours.staging import Taken
from headway.areas.hours.sums import decimal, exact, plain
from headway.areas.hours.types import Reconciled
from headway.areas.people.queries import names_of
from headway.documents.exchange.hours import Total, differences
from headway.kernel.waiting_rows import WaitingRows


class FileTotals:
    """What a file's rows of one project add up to, by month and person; `count` of them."""

    def __init__(self) -> None:
        self.count = 0
        self._sums: dict[tuple[str, int], tuple[list[Decimal], dict[str, Decimal]]] = {}

    def add(self, row: Taken) -> None:
        """Count a row."""
        self.count += 1
        key, worth = (row.month, row.person_id), row.worth
        known = self._sums.get(key)
        if known is None:
            known = self._sums[key] = ([Decimal(0)], {})
        known[0][0] += worth.hours
        if worth.bill_amount is not None and worth.currency:
            known[1][worth.currency] = known[1].get(worth.currency, Decimal(0)) + worth.bill_amount

    def months(self) -> set[date]:
        """First days of the months that rows lie in."""
        return {date.fromisoformat(f"{month}-01") for month, _ in self._sums}

    def by_person(self) -> Totals:
        """(month, person) → total."""
        return {key: Total(hours[0], dict(amounts)) for key, (hours, amounts) in self._sums.items()}


Totals = dict[tuple[str, int], Total]  # by month 'YYYY-MM' and person


def stored_totals(project_id: int, source: str, days: Days) -> Totals:
    """What the live entries of a source add up to in a project, on the days that a file covers."""
    if days is None:
        return {}
    return _totals(_summed(between(of_source(project_id, source), *days)))


def waiting_totals(project_id: int, rows: WaitingRows) -> Totals:
    """The same of entries that wait to be taken in, as the database adds them up."""
    entries = TimeEntry.unscoped(reason="entries that wait").filter(project_id=project_id)
    return _totals(rows.answer(_summed(entries)))


def _summed(entries: Any) -> Any:
    found = entries.order_by().annotate(month=FirstOfMonth("day")).values_list("month", "person_id", "bill_currency")
    return found.annotate(worked=exact("hours"), billed=exact("bill_amount"))


def _totals(summed: Iterable[tuple[Any, ...]]) -> Totals:
    found: Totals = {}
    for month, person_id, currency, worked, billed in summed:
        key = (str(month)[:7], person_id)
        found[key] = _plus(found.get(key), decimal(worked), currency, decimal(billed) if currency else None)
    return found


def reconcile(file: Totals, store: Totals) -> tuple[tuple[Reconciled, ...], tuple[Reconciled, ...]]:
    """Totals of file and store side by side: by month and person, and by month for the whole project.

    The store's side holds the live entries of the same source in the file's months that the file covers.
    Flags a difference above 0.1 h, or above 1 unit of a currency in which the file states amounts.
    """
    names = names_of(who for _, who in {*file, *store})
    ids = {who: f"{names[who]}\x00{who}" for who in names}
    by_person = _side_by_side(
        {(month, ids[who]): total for (month, who), total in file.items()},
        {(month, ids[who]): total for (month, who), total in store.items()},
    )
    whole = _side_by_side(_by_month(file), _by_month(store))
    return by_person, whole


def _plus(total: Total | None, hours: Decimal, currency: str, amount: Decimal | None) -> Total:
    total = total or Total()
    amounts = dict(total.amounts)
    if amount is not None and currency:
        amounts[currency] = amounts.get(currency, Decimal(0)) + amount
    return Total(total.hours + hours, amounts)


def _by_month(totals: Totals) -> dict[tuple[str, str], Total]:
    found: dict[tuple[str, str], Total] = {}
    for (month, _), total in totals.items():
        before = found.get((month, ""), Total())
        amounts = dict(before.amounts)
        for currency, amount in total.amounts.items():
            amounts[currency] = amounts.get(currency, Decimal(0)) + amount
        found[month, ""] = Total(before.hours + total.hours, amounts)
    return found


def _side_by_side(file: dict[tuple[str, str], Total], store: dict[tuple[str, str], Total]) -> tuple[Reconciled, ...]:
    # Money is compared only where the file states some: a rate card may price what the file does not.
    stated = {
        key: Total(total.hours, {code: total.amounts[code] for code in total.amounts if code in _codes(file.get(key))})
        for key, total in store.items()
    }
    apart = {(one.month, one.name, one.currency) for one in differences(file, stated)}
    rows = []
    for month, name in sorted(file.keys() | stated.keys()):
        left, right = file.get((month, name), Total()), stated.get((month, name), Total())
        shown = name.split("\x00")[0]
        rows.append(Reconciled(month, shown, "", plain(left.hours), plain(right.hours), (month, name, "") in apart))
        for code in sorted(left.amounts):
            there = right.amounts.get(code, Decimal(0))
            rows.append(
                Reconciled(month, shown, code, plain(left.amounts[code]), plain(there), (month, name, code) in apart)
            )
    return tuple(rows)


def _codes(total: Total | None) -> frozenset[str]:
    return frozenset(total.amounts) if total else frozenset()
